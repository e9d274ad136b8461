import { createHash } from 'node:crypto';
import type { ServerConnection } from '../../../electron/engine/connect/connection';
import type { Call } from '../../../electron/engine/base/call';
import type { Fault, Wish } from './fault';

/** Which calls change a server; a step without any of them is broken at its first call that reads. */
const EFFECTS = ['replaceFile', 'restart', 'backup', 'refresh', 'renew'];

interface Broken {
  /** The step that runs now. */
  step: string | null;
  fired: boolean;
}

/**
 * A connection that fails once, in the step and the way it is told. Everything else is the real one: the file is really
 * replaced, the server is really restarted, and what is lost is only what such a fault loses.
 */
export function breaking(
  real: ServerConnection,
  server: string,
  effectSteps: ReadonlySet<string>,
  fault: Fault,
  now: Broken,
  ask: (wish: Wish) => Promise<void>,
): ServerConnection {
  const die = (): never => {
    process.kill(process.pid, 'SIGKILL');
    throw new Error('unreachable');
  };
  const through = async <T>(name: string, call: Call, run: (call: Call) => Promise<T>): Promise<T> => {
    const due = !now.fired && now.step === fault.step && fitting(name);
    if (!due) return run(call);
    now.fired = true;
    switch (fault.kind) {
      case 'killed-before':
        return die();
      case 'killed-during':
        void run(call);
        await new Promise((resolve) => setTimeout(resolve, 40));
        return die();
      case 'killed-after':
        await run(call);
        return die();
      case 'connection-lost': {
        const running = run(call);
        await ask({ wish: 'cut', server });
        return running;
      }
      case 'timed-out':
        return run({ ...call, timeoutMs: 25 });
      case 'server-stopped':
        await ask({ wish: 'stop', server });
        return run(call);
      case 'file-changed':
        await ask({ wish: 'change-file', server });
        return run(call);
      case 'disk-full':
        await ask({ wish: 'fill-disk', server });
        return run(call);
      default:
        return run(call);
    }
  };
  const fitting = (name: string): boolean =>
    effectSteps.has(fault.step) ? EFFECTS.includes(name) : name === 'kanidmd';
  return {
    ...methodsOf(real),
    kanidmd: async (args, call) => {
      const command = args.join(' ');
      const name = command.startsWith('scripting backup')
        ? 'backup'
        : command.startsWith('refresh')
          ? 'refresh'
          : command.startsWith('renew')
            ? 'renew'
            : 'kanidmd';
      if (
        fault.kind === 'says-error-exits-0' &&
        !now.fired &&
        now.step === fault.step &&
        args[0] !== 'version'
      ) {
        now.fired = true;
        const stdout = 'Error - you should inspect the logs.\n';
        return { ok: true, value: { exitCode: 0, stdout, stderr: '', cut: false } };
      }
      return through(name, call, (it) => real.kanidmd(args, it));
    },
    replaceFile: async (path, bytes, call) => {
      if (fault.kind === 'refuses-new-file' && !now.fired && now.step === fault.step) {
        now.fired = true;
        // The test of the copy was right and the server refuses all the same.
        const bad = Buffer.concat([Buffer.from('unknown_key_of_a_test = true\n'), Buffer.from(bytes)]);
        const written = await real.replaceFile(path, bad, call);
        return written.ok
          ? { ok: true, value: createHash('sha256').update(bad).digest('hex') as never }
          : written;
      }
      return through('replaceFile', call, (it) =>
        real.replaceFile(path, bytes, { ...it, expect: call.expect }),
      );
    },
    service: {
      ...real.service,
      restart: (call) => through('restart', call, (it) => real.service.restart(it)),
    },
  };
}

/** The real connection's methods, bound: a class instance cannot be spread. */
function methodsOf(real: ServerConnection): ServerConnection {
  return {
    kanidmd: (args, call) => real.kanidmd(args, call),
    kanidmdHead: (args, call) => real.kanidmdHead(args, call),
    testConfig: (bytes, call) => real.testConfig(bytes, call),
    stat: (path, call) => real.stat(path, call),
    readFile: (path, call) => real.readFile(path, call),
    replaceFile: (path, bytes, call) => real.replaceFile(path, bytes, call),
    facts: (call) => real.facts(call),
    service: real.service,
    logs: (from, options) => real.logs(from, options),
    logsBefore: (before, call) => real.logsBefore(before, call),
    scratch: (call) => real.scratch(call),
    makeFolder: (path, mode, call) => real.makeFolder(path, mode, call),
    freeSpace: (path, call) => real.freeSpace(path, call),
    lock: (owner, call) => real.lock(owner, call),
    dial: (to, call) => real.dial(to, call),
    close: () => real.close(),
  };
}
