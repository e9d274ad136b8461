import { ownersOf } from '../../../shared/fleet/model/owners';
import { readTopology } from '../../../shared/fleet/model/topology';
import { whyUnreached } from '../base/why-unreached';
import { drawnAndRunning, runningPulls } from '../../../shared/fleet/model/running';
import type { Pull } from '../../../shared/fleet/model/fleet';
import { runsWith } from '../../../shared/observed/observed-config';
import {
  judgeLogins,
  type Reaches,
  reachesBy,
  waysOf,
  type Crossing,
  type Verdict,
} from '../../../shared/serves/judge-logins';
import { judgeServes, nothingLooked } from '../../../shared/serves/judge-serves';
import type { ServerServes, ServesReport } from '../../../shared/serves/serves';
import type { Fault } from '../../../shared/base/result';
import { serverNow, type Site } from '../deploy/deployment/deployment';
import type { ObservedFleet } from '../fleet/observe-fleet';
import { proofWindowMs } from '../fleet/probe/probe-server';
import type { Call } from '../base/call';
import { unexpected } from '../base/unexpected';
import { type Clock, until } from '../base/time';
import { lookAt, type Looked, REQUEST_MS } from './look';
import { takes } from './login';

/** How often a session that is refused is shown again. Milliseconds. */
const AGAIN_MS = 1_000;
/** A session is shown so often at most: each time leaves a line or more in a log. */
const TRIES = 8;

/**
 * Looks at the HTTPS and the logins of every server of a fleet, side by side, and shows the sessions of the ends of each
 * pull that runs to each other, as far as they must be good there. A session may take until the next round to travel: a refusal counts after two.
 * @param told hears of the servers as soon as all of them are known.
 */
export async function lookAtFleet(
  fleet: ObservedFleet,
  clock: Clock,
  call: Call,
  told: (servers: ServesReport['servers']) => void = () => undefined,
): Promise<ServesReport> {
  const pulls = drawnAndRunning(fleet.fleet, fleet.observed);
  const at = new Date(clock.now()).toISOString();
  // What was not read is not missing, it is unknown.
  const silent = fleet.observed
    .filter(({ id }) => !fleet.sites.has(id))
    .map(({ id, faults }) => notLooked(id, at, whyUnreached(id, faults)));
  const unread = readTopology(fleet.fleet).pulls.filter(
    (it) => !fleet.observed.some(({ id, config }) => id === it.consumer && config !== null),
  );
  // Those that nobody drew bring changes, too; one whose file was not read is taken to run.
  const reaches = reachesBy([
    ...runningPulls(fleet.observed, ownersOf(fleet.fleet, fleet.observed)),
    ...unread,
  ]);
  const report = await lookAtPulls([...fleet.sites.values()], { pulls, reaches }, clock, call, (servers) =>
    told([...servers, ...silent]),
  );
  const servers = [...report.servers, ...silent];
  const more = unread.filter((it) => !pulls.some((one) => isSame(it, one)));
  return {
    servers,
    logins: [...report.logins, ...more.map((it) => judgeLogins(it, waysOf(it, reaches), [], servers, at))],
  };
}

const notLooked = (server: string, at: string, why: Fault): ServerServes =>
  judgeServes({ ...nothingLooked(server, at, null), noWay: why });

/** The same of given servers and pulls. @param reaches by every pull that runs in their fleet */
export async function lookAtPulls(
  sites: readonly Site[],
  { pulls, reaches }: { readonly pulls: readonly Pull[]; readonly reaches: Reaches },
  clock: Clock,
  call: Call,
  told: (servers: ServesReport['servers']) => void = () => undefined,
): Promise<ServesReport> {
  const at = (): string => new Date(clock.now()).toISOString();
  const limit = { signal: call.signal, timeoutMs: Math.min(call.timeoutMs, REQUEST_MS) };
  const looked = new Map(
    await Promise.all(
      // What breaks at one server is that server's, and leaves no other's connection open.
      sites.map(async (site) => {
        const { id } = site.server;
        const look = lookAt(site, at(), serverNow(site, clock), limit).catch((cause: unknown): Looked => ({
          ...{ serves: notLooked(id, at(), unexpected(cause)), session: null, secured: null },
        }));
        return [id, await look] as const;
      }),
    ),
  );
  const servers = [...looked.values()].map(({ serves }) => serves);
  told(servers);
  try {
    const ways = pulls.flatMap((pull) => waysOf(pull, reaches));
    const each = new Map(ways.map((way) => [way.join(' '), way]));
    const crossings = await Promise.all(
      [...each.values()].map(async ([madeOn, shownTo]): Promise<Crossing> => {
        const own = sites.filter(({ server: { id } }) => id === madeOn || id === shownTo);
        const timeoutMs = Math.max(0, ...own.map((it) => proofWindowMs(runsWith(it.observed))));
        const ends = [looked.get(madeOn), looked.get(shownTo)] as const;
        const verdict = cross(...ends, clock, { ...limit, timeoutMs }).catch((cause: unknown): Verdict => ({
          kind: 'not-asked',
          why: unexpected(cause).message,
        }));
        const said = await verdict;
        return { madeOn, shownTo, verdict: said, at: at() };
      }),
    );
    return {
      servers,
      logins: pulls.map((pull) => judgeLogins(pull, waysOf(pull, reaches), crossings, servers, at())),
    };
  } finally {
    for (const { secured } of looked.values()) secured?.close();
  }
}

/** Shows a session made on one server to another, until it is good or the time of two rounds is over. */
async function cross(
  from: Looked | undefined,
  to: Looked | undefined,
  clock: Clock,
  call: Call,
): Promise<Verdict> {
  const [session, secured] = [from?.session ?? null, to?.secured ?? null];
  const silent = [from, to].find((it) => it === undefined || it.session === null || it.secured === null);
  if (session === null || secured === null || silent !== undefined)
    return { kind: 'not-asked', why: silent === undefined ? 'A server was not asked.' : whyNot(silent) };
  const ended = await until<Verdict, Verdict>(
    clock,
    { ...call, everyMs: Math.max(AGAIN_MS, call.timeoutMs / TRIES) },
    async () => {
      const answer = await takes(secured, session, { signal: call.signal, timeoutMs: REQUEST_MS });
      if (!answer.ok) return { done: true, value: { kind: 'not-asked', why: answer.error.message } };
      const { code } = answer.value;
      if (code === 200) return { done: true, value: { kind: 'good' } };
      if (code === 401) return { done: false, last: { kind: 'refused' } };
      return { done: true, value: { kind: 'not-asked', why: `It answers with ${code} to a session.` } };
    },
  );
  if (call.signal.aborted) return { kind: 'not-asked', why: 'Cancelled.' };
  return ended.done ? ended.value : ended.last;
}

const whyNot = ({ serves }: Looked): string => `No session of ${serves.server}. ${serves.cause}`;

const isSame = (one: Pull, other: Pull): boolean =>
  one.consumer === other.consumer && one.supplier === other.supplier;
