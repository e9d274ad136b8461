import { fail, ok, type Result } from '../../../../shared/base/result';
import type { Call } from '../../base/call';
import { ConnectionPool, type Lease, type Open, patient } from '../common/pool';
import { emptyMemory } from '../ssh/session/authenticate';
import { connect } from '../ssh/session/connect';
import { type ServerPlace, faultAt } from '../common/faults';
import { portFault } from '../common/port-faults';
import { settle, within } from '../common/limits';
import { hopName, resolveRoute, withNotes } from '../ssh/address/route';
import { asText, run } from '../ssh/session/run';
import type { SshSession } from '../ssh/session/session';
import type { Dialer, DialSsh, Use } from '../docker/api/dialer';
import { FaultError } from '../docker/api/faults';
import { ProgramStream } from './program-stream';
import { SshLanes } from './ssh-lanes';

/** For opening a stream in the middle of a call whose own limit runs anyway. Milliseconds. */
const CONNECT_MS = 30_000;
/** Streams in one connection: below the eight programs a session lets run, for some are no streams (`systemctl`, `stat`). */
const EACH = 6;
/**
 * A stream is a program of its own over there (`docker`, often behind `sudo`), and starting it costs more than most
 * requests: a few that are not used are kept for the next one. Not for long: each takes one of the sessions that sshd
 * allows, which `SshSession.start` waits 3 s for, and a socket-activated Podman ends 5 s after its last request.
 */
const SPARE = { most: 2, ms: 2_000 } as const;
/** Connections at most: calls end, but a log is followed for as long as the window is open, two of them per container. */
const CONNECTIONS: Readonly<Record<Use, number>> = { call: 3, follow: 16 };

/** Connections whose dialer has let go of them stay for a moment, for a log is followed again after each restart. */
const sharedPool = new ConnectionPool<SshSession>();
let dialers = 0;

/** Programs that connect their stdin and stdout with the engine's socket, in the order they are tried. */
const WAYS: readonly (readonly string[])[] = [
  ['docker', 'system', 'dial-stdio'],
  ['sudo', '-n', 'docker', 'system', 'dial-stdio'],
  ['podman', 'system', 'dial-stdio'],
];

/**
 * Reaches an engine over SSH, its host key checked as any other, each stream a `docker system dial-stdio`; through
 * `sudo -n` where this user may not use the socket. Followed logs have connections of their own, so that no call ever
 * waits for one of them to end.
 */
export const dialSsh: DialSsh = (target, where, prompter) => dialThrough(sharedPool, target, where, prompter);

/** The same through connections that are shared with nobody else; tests do. */
export const dialSshApart = (): DialSsh => {
  const pool = new ConnectionPool<SshSession>(0);
  return (target, where, prompter) => dialThrough(pool, target, where, prompter);
};

async function dialThrough(
  pool: ConnectionPool<SshSession>,
  ...[target, where, prompter]: Parameters<DialSsh>
): Promise<Result<Dialer>> {
  const route = await resolveRoute({ ...target, identity: null, knownHosts: null }, where);
  if (!route.ok) return route;
  const memory = emptyMemory();
  const open: Open<SshSession> = (signal, asking) =>
    connect(route.value, where, patient(prompter, asking), memory, signal);
  const { host, port, user } = route.value;
  const jumps = route.value.jumps.map(hopName);
  // A dialer counts the streams in its connections, so it shares them with no other.
  const dialer = dialers++;
  const leaseOf = (use: Use, number: number): Lease<SshSession> =>
    pool.lease(JSON.stringify(['docker', user, host, port, target.home, jumps, dialer, use, number]), open);
  const through = (lease: Lease<SshSession>, call: Call): Promise<Result<SshSession>> =>
    lease.use(call, where);
  const main = leaseOf('call', 0);
  const lanesFor = (use: Use) =>
    new SshLanes({
      each: EACH,
      most: CONNECTIONS[use],
      open: (number) => {
        const lease = leaseOf(use, number);
        return { lease, session: (signal) => through(lease, { signal, timeoutMs: CONNECT_MS }) };
      },
    });
  const lanes: Readonly<Record<Use, SshLanes>> = { call: lanesFor('call'), follow: lanesFor('follow') };
  let way: readonly string[] | null = null;
  let finding: Promise<Result<readonly string[]>> | null = null;
  /** Looked for once at a time: each look takes places in the connection. */
  const find = (session: SshSession): Promise<Result<readonly string[]>> => {
    if (way !== null) return Promise.resolve(ok(way));
    const limit = { signal: session.ended, timeoutMs: CONNECT_MS };
    finding ??= within(limit, where, 'looking for the engine', (signal) =>
      findWay(session, where, signal),
    ).then((found) => {
      finding = null;
      if (found.ok) way = found.value;
      return found;
    });
    return finding;
  };

  return ok({
    ready: async (call) => {
      const opened = await through(main, call);
      if (!opened.ok) return fail(withNotes(opened.error, route.value));
      const found = await within(call, where, 'looking for the engine', (signal) =>
        settle([signal], (done) => void find(opened.value).then(done)),
      );
      return found.ok ? ok(undefined) : found;
    },
    dial: async (use) => {
      const signal = AbortSignal.timeout(CONNECT_MS);
      const opened = way === null ? await through(main, { signal, timeoutMs: CONNECT_MS }) : null;
      if (opened !== null && !opened.ok) throw new FaultError(opened.error);
      const found = opened === null ? ok(way ?? []) : await find(opened.value);
      if (!found.ok) throw new FaultError(found.error);
      const started = await lanes[use].start(found.value, signal);
      if (!started.ok) throw new FaultError(started.error);
      return new ProgramStream(started.value, where);
    },
    onHost: async (argv, signal) => {
      const opened = await through(main, { signal, timeoutMs: CONNECT_MS });
      if (!opened.ok) return opened;
      const output = await run(opened.value, argv, signal);
      return output.ok ? ok(asText(output.value)) : output;
    },
    reach: async (_, { fromHost }, signal) => {
      const opened = await through(main, { signal, timeoutMs: CONNECT_MS });
      return opened.ok ? opened.value.forward(fromHost.host, fromHost.port, signal, portFault) : opened;
    },
    spare: SPARE,
    close: async () => {
      await Promise.all([lanes.call.close(), lanes.follow.close()]);
      await main.release();
    },
  });
}

/** Tries the ways with nothing to say: one that reaches the socket ends well. */
async function findWay(
  session: SshSession,
  where: ServerPlace,
  signal: AbortSignal,
): Promise<Result<readonly string[]>> {
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
      where,
      'engine-not-reached',
      'no Docker Engine and no Podman can be reached there',
      'Install the docker command there, start the engine, and let this user use it: the group docker, or sudo without a password.',
      { detail: said.join('\n') },
    ),
  );
}
