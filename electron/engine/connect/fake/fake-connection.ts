import { type Fault, type Result, fail, ok } from '../../../../shared/base/result';
import type { HostFacts, ServiceState } from '../../../../shared/observed/observed';
import { type Clock, systemClock } from '../../base/time';
import { childOf } from '../../base/signals';
import type { Output, ServerConnection } from '../connection';
import type { Call } from '../../base/call';
import { portFault } from '../common/port-faults';
import { kanidmdArguments } from '../common/kanidmd-arguments';
import { scratchIn, takeLock } from './fake-holds';
import { collected } from './fake-program';
import type { FakeServer } from './fake-server';
import { Killed, type Trouble } from './fake-trouble';

/** Asks a server something: it is written down in `FakeServer.asked`, and may go wrong. */
export type Ask = <T>(
  what: string,
  call: Call,
  run: () => Result<T> | Promise<Result<T>>,
) => Promise<Result<T>>;

/**
 * A `ServerConnection` to a server in memory, held to the same contract as those to real ones (`test/real/contract`).
 * @param trouble what is to go wrong.
 * @param clock measures the limits of calls.
 */
export function fakeConnection(
  server: FakeServer,
  trouble: Trouble = () => null,
  clock: Clock = systemClock,
): ServerConnection {
  const { files } = server;
  const ask = askOf(server, trouble, clock);
  const manage = (verb: 'start' | 'stop' | 'restart' | 'state') => (call: Call) =>
    ask(verb, call, (): Result<ServiceState> => {
      if (verb === 'stop' || verb === 'restart') server.stop();
      if (verb === 'start' || verb === 'restart') server.start();
      return ok(server.service());
    });
  return {
    kanidmd: (args, call) => {
      const what = `kanidmd ${args.join(' ')}`;
      const argv = kanidmdArguments(args, server.configPath);
      return ask(what, call, async () => ok(await collected(server.program(argv))));
    },
    kanidmdHead: (args, call) => {
      const argv = kanidmdArguments(args, server.configPath);
      return ask(`kanidmd ${args.join(' ')}`, call, async () =>
        ok(await collected(server.program(argv), call)),
      );
    },
    testConfig: (bytes, call) =>
      ask('testConfig', call, () => ok(server.test(new TextDecoder().decode(bytes)))),
    stat: (path, call) => ask(`stat ${path}`, call, () => ok(files.stat(path))),
    readFile: (path, call) => ask(`readFile ${path}`, call, () => files.read(path, call.maxBytes)),
    replaceFile: (path, bytes, call) =>
      ask(`replaceFile ${path}`, call, () => files.replace(path, bytes, call.expect)),
    facts: (call) => ask('facts', call, () => ok(factsOf(server, clock))),
    service: {
      start: manage('start'),
      stop: manage('stop'),
      restart: manage('restart'),
      state: manage('state'),
    },
    logs: (from, options) => {
      const mishap = trouble('logs');
      return mishap !== null && 'fails' in mishap
        ? server.log.broken({ ...mishap.fails, where: { server: server.id } })
        : server.log.read(from, options);
    },
    logsBefore: (before, call) => ask('logsBefore', call, () => ok(server.log.before(before, call))),
    scratch: (call) => ask('scratch', call, () => scratchIn(server, ask, call)),
    makeFolder: (path, mode, call) => ask(`makeFolder ${path}`, call, () => files.makeFolder(path, mode)),
    freeSpace: (path, call) => ask(`freeSpace ${path}`, call, () => ok(files.free)),
    lock: (owner, call) => ask('lock', call, () => takeLock(server, ask, owner, call.takeOver)),
    dial: (to, call) =>
      ask(`dial ${to.host}:${to.port}`, call, async () => {
        const where = { server: server.id, endpoint: 'memory' };
        return (await server.dials(to)) ?? fail(portFault(where, to.port, false, 'nothing listens'));
      }),
    close: () => Promise.resolve(),
  };
}

function askOf(server: FakeServer, trouble: Trouble, clock: Clock): Ask {
  const fault = (code: string, message: string): Fault => ({
    code,
    message: `${server.id}: ${message}`,
    fix: 'Try again.',
    where: { server: server.id },
  });
  return async <T>(what: string, call: Call, run: () => Result<T> | Promise<Result<T>>) => {
    if (call.signal.aborted) return fail(fault('cancelled', `cancelled before ${what}`));
    const mishap = trouble(what);
    if (mishap !== null && 'killed' in mishap && mishap.killed === 'before') throw new Killed();
    server.asked.push(what);
    const over = childOf(call.signal);
    const ended = new Promise<Result<T>>((resolve) => {
      const lose = (): void => resolve(fail(fault('connection-lost', `the connection was lost at ${what}`)));
      server.connected.add(lose);
      over.signal.addEventListener('abort', () => {
        server.connected.delete(lose);
        resolve(fail(fault('cancelled', `cancelled while ${what}`)));
      });
      if (mishap !== null && 'lost' in mishap && mishap.lost === 'before') lose();
    });
    const limit = clock
      .sleep(call.timeoutMs, over.signal)
      .then((): Result<T> => fail(fault('timed-out', `no answer within ${call.timeoutMs} ms at ${what}`)));
    const work = async (): Promise<Result<T>> => {
      if (mishap === null) return run();
      if ('fails' in mishap)
        return fail({ ...mishap.fails, where: { server: server.id, ...mishap.fails.where } });
      if ('says' in mishap) return ok(printed(mishap.says) as T);
      if ('slow' in mishap) {
        await clock.sleep(mishap.slow, over.signal);
        return over.signal.aborted ? new Promise(() => undefined) : run();
      }
      if ('hangs' in mishap || ('lost' in mishap && mishap.lost === 'before'))
        return new Promise(() => undefined);
      await run();
      if ('killed' in mishap) throw new Killed();
      return fail(fault('connection-lost', `the connection was lost after ${what}`));
    };
    try {
      return await Promise.race([ended, work(), limit]);
    } finally {
      over.abort();
      over.release();
    }
  };
}

const printed = (stdout: string): Output => ({ exitCode: 0, stdout, stderr: '', cut: false });

const factsOf = (server: FakeServer, clock: Clock): HostFacts => ({
  configPath: server.configPath,
  overrides: server.overrides,
  publishedPorts: null,
  manager: 'unknown',
  clockOffsetMs: server.now() - clock.now(),
  startedAt: server.startedAt,
  runningVersion: server.state === 'running' ? server.runs : null,
  service: server.service(),
});
