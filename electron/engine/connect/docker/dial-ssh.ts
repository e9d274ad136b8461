import { Duplex } from 'node:stream';
import { fail, ok, type Result } from '../../../../shared/result';
import type { Call, Person } from '../connection';
import { ConnectionPool, type Open } from '../pool';
import { emptyMemory } from '../ssh/authenticate';
import { connect } from '../ssh/connect';
import { type At, faultAt } from '../ssh/faults';
import { cancelled, Stopped, timedOut, within } from '../ssh/limits';
import type { Program } from '../ssh/program';
import { hopName, resolveRoute, withNotes } from '../ssh/route';
import { asText, run } from '../ssh/run';
import type { SshSession } from '../ssh/session';
import type { Dialer } from './dialer';
import { FaultError } from './faults';
import type { EngineTarget } from './target';

/** For opening a stream in the middle of a call whose own limit runs anyway. Milliseconds. */
const CONNECT_MS = 30_000;

/** One connection per host and user, whatever containers are reached through it. */
const sharedPool = new ConnectionPool<SshSession>();

/** Programs that connect their stdin and stdout with the engine's socket, in the order they are tried. */
const WAYS: readonly (readonly string[])[] = [
  ['docker', 'system', 'dial-stdio'],
  ['sudo', '-n', 'docker', 'system', 'dial-stdio'],
  ['podman', 'system', 'dial-stdio'],
];

/**
 * Reaches an engine over SSH: one pooled connection per host, its host key checked as any other, each stream a
 * `docker system dial-stdio` in it; through `sudo -n` where this user may not use the socket.
 */
export async function dialSsh(
  target: Pick<EngineTarget, 'endpoint' | 'home' | 'env'>,
  at: At,
  person: Person,
  pool: ConnectionPool<SshSession> = sharedPool,
): Promise<Result<Dialer>> {
  const route = await resolveRoute({ ...target, identity: null, knownHosts: null }, at);
  if (!route.ok) return route;
  const memory = emptyMemory();
  const open: Open<SshSession> = (signal, asking) => {
    const patient: Person = {
      ...person,
      acceptHostKey: (question, stop) => asking(() => person.acceptHostKey(question, stop)),
      secret: (question, stop) => asking(() => person.secret(question, stop)),
    };
    return connect(route.value, at, patient, memory, signal);
  };
  const { host, port, user } = route.value;
  const jumps = route.value.jumps.map(hopName);
  const lease = pool.lease(JSON.stringify(['docker', user, host, port, target.home, jumps]), open);
  const session = (call: Call): Promise<Result<SshSession>> =>
    lease.use(call, (why) => {
      const reason: unknown = call.signal.reason;
      if (why === 'cancelled' && reason instanceof Stopped) return fail(reason.fault);
      return fail(
        why === 'cancelled' ? cancelled(at, 'connecting') : timedOut(at, 'connecting', call.timeoutMs),
      );
    });
  let way: readonly string[] | null = null;

  return ok({
    ready: async (call) => {
      const opened = await session(call);
      if (!opened.ok) return fail(withNotes(opened.error, route.value));
      if (way !== null) return ok(undefined);
      const found = await within(call, at, 'looking for the engine', (signal) =>
        findWay(opened.value, at, signal),
      );
      if (!found.ok) return found;
      way = found.value;
      return ok(undefined);
    },
    dial: async () => {
      const signal = AbortSignal.timeout(CONNECT_MS);
      const opened = await session({ signal, timeoutMs: CONNECT_MS });
      if (!opened.ok) throw new FaultError(opened.error);
      const found = way === null ? await findWay(opened.value, at, signal) : ok(way);
      if (!found.ok) throw new FaultError(found.error);
      const started = await opened.value.start(found.value, signal);
      if (!started.ok) throw new FaultError(started.error);
      return new ProgramStream(started.value, at);
    },
    onHost: async (argv, signal) => {
      const opened = await session({ signal, timeoutMs: CONNECT_MS });
      if (!opened.ok) return opened;
      const output = await run(opened.value, argv, signal);
      return output.ok ? ok(asText(output.value)) : output;
    },
    // Each holds a session of sshd, which allows ten in a connection by default.
    spare: 2,
    close: () => lease.release(),
  });
}

/** Tries the ways with nothing to say: one that reaches the socket ends well. */
async function findWay(session: SshSession, at: At, signal: AbortSignal): Promise<Result<readonly string[]>> {
  const said: string[] = [];
  for (const argv of WAYS) {
    const tried = await run(session, argv, signal);
    if (!tried.ok) return tried;
    const { exitCode, stderr } = asText(tried.value);
    if (exitCode === 0) return ok(argv);
    said.push(`${argv.join(' ')}: ${stderr.trim().split('\n').at(-1) ?? ''} (exit ${exitCode ?? '?'})`);
  }
  return fail(
    faultAt(
      at,
      'engine-not-reached',
      'no Docker Engine and no Podman can be reached there',
      'Install the docker command there, start the engine, and let this user use it: the group docker, or sudo without a password.',
      { detail: said.join('\n') },
    ),
  );
}

/** A program's stdin and stdout as a socket for Node's HTTP client. */
class ProgramStream extends Duplex {
  private readonly words: Buffer[] = [];

  constructor(
    private readonly program: Program,
    at: At,
  ) {
    super({ allowHalfOpen: true });
    const { channel } = program;
    channel.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause();
    });
    channel.stderr.on('data', (chunk: Buffer) => this.words.length < 64 && this.words.push(chunk));
    void program.closed.then(() => {
      if (program.exitCode === 0) this.push(null);
      else
        this.destroy(
          new FaultError(
            faultAt(
              at,
              'connection-lost',
              'the connection to the engine was lost',
              'Check that the Docker Engine there runs, then try again.',
              { detail: Buffer.concat(this.words).toString('utf8').trim() },
            ),
          ),
        );
    });
  }

  override _read(): void {
    this.program.channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.program.channel.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.program.channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.program.stop();
    done(error);
  }

  // What Node's HTTP client asks of a socket; the SSH connection below keeps itself alive.
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
