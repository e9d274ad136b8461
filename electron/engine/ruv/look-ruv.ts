import { type Earlier, judgeRuv, type RuvLook, wentBack } from '../../../shared/ruv/judge-ruv';
import { RUV_LARGEST_STARTED } from '../../../shared/ruv/by-itself';
import { isLeftOut } from '../../../shared/ruv/restarted';
import { whyUnreached } from '../base/why-unreached';
import type { RuvReport } from '../../../shared/ruv/ruv';
import { drawnAndRunning } from '../../../shared/fleet/model/running';
import { cureOf } from '../../../shared/base/cure';
import type { ServerId } from '../../../shared/base/names';
import { fail, type Fault } from '../../../shared/base/result';
import type { Call } from '../base/call';
import type { Clock } from '../base/time';
import { unexpected } from '../base/unexpected';
import { serverNow, type Site } from '../deploy/deployment/deployment';
import type { ObservedFleet } from '../fleet/observe-fleet';
import { readRuv } from './read-ruv';

/** One server. A big database takes kanidmd some seconds to read. Milliseconds. */
const READ_MS = 120_000;

/** What a look brought: what is said of it, and what is known for the next. */
export interface RuvLooked extends Pick<Earlier, 'known' | 'lost'> {
  readonly report: RuvReport;
  /** Why servers refused that a person has to allow it first, by their ids. */
  readonly refused: ReadonlyMap<string, Fault>;
  /** Who was not read, as nobody asked, and why. */
  readonly leftOut: ReadonlyMap<string, Fault>;
}

/** What earlier looks brought, and refreshes that were seen. */
export interface RuvBefore extends Earlier, Pick<RuvLooked, 'refused'> {
  /** Who may be read although its database is large. */
  readonly mayBeLarge: ReadonlySet<string>;
}
export const NOTHING_BEFORE: RuvBefore = {
  ...{ known: new Map(), lost: new Map(), refreshed: new Map(), refused: new Map(), mayBeLarge: new Set() },
};

/**
 * Reads the RUV of every server of a fleet, one after the other, for kanidmd holds a whole database in memory meanwhile.
 * @param earlier what an earlier look brought. A server that refused, as sudo does, is not asked again: each time is an
 * entry in its log, and may be a mail to its root.
 * @param largest see `readRuv`; of some it may be larger.
 */
export async function lookAtRuv(
  fleet: ObservedFleet,
  clock: Clock,
  call: Call,
  before: RuvBefore = NOTHING_BEFORE,
  largest: number | null = null,
): Promise<RuvLooked> {
  const looks: RuvLook[] = [];
  const pulls = drawnAndRunning(fleet.fleet, fleet.observed);
  const most = (id: string): number | null =>
    largest !== null && before.mayBeLarge.has(id) ? Math.max(largest, RUV_LARGEST_STARTED) : largest;
  for (const { id, faults } of fleet.observed) {
    const site = fleet.sites.get(id);
    const why = site === undefined ? whyUnreached(id, faults) : before.refused.get(id);
    if (why !== undefined) looks.push(notAsked(id, why, clock));
    else if (site !== undefined) looks.push(await lookAt(site, clock, call, most(id)));
  }
  // A change that another saw was made before this server is read again: what is still missing then is gone.
  for (const id of wentBack(looks, before).keys()) {
    const site = [...fleet.sites.values()].find(({ server }) => server.id === id);
    const at = looks.findIndex(({ server }) => server === id);
    if (site !== undefined && looks[at]?.read.ok === true)
      looks[at] = await lookAt(site, clock, call, most(id));
  }
  const lost = wentBack(looks, before);
  const report = judgeRuv(looks, pulls, lost);
  const known = looks.flatMap(({ server, at, read }) =>
    read.ok ? [[server, { ...read.value, at }] as const] : [],
  );
  const no = looks.flatMap(({ server, read }) =>
    !read.ok && fleet.sites.has(server as ServerId) && cureOf(read.error.code) === 'person'
      ? [[server, read.error] as const]
      : [],
  );
  const leftOut = looks.flatMap(({ server, read }) =>
    !read.ok && isLeftOut(read.error) ? [[server, read.error] as const] : [],
  );
  return { report, lost, known: new Map(known), refused: new Map(no), leftOut: new Map(leftOut) };
}

async function lookAt(site: Site, clock: Clock, call: Call, largest: number | null): Promise<RuvLook> {
  // Before it is read: it is of no later life than that of this moment.
  const at = new Date(clock.now()).toISOString();
  const limit = { signal: call.signal, timeoutMs: Math.min(call.timeoutMs, READ_MS) };
  const read = await readRuv(site, limit, largest).catch((cause: unknown) => fail(unexpected(cause)));
  return {
    ...{ server: site.server.id, at },
    ...{ there: serverNow(site, clock), read },
  };
}

const notAsked = (server: string, why: Fault, clock: Clock): RuvLook => ({
  ...{ server, at: new Date(clock.now()).toISOString(), there: clock.now() },
  read: fail({ ...why, where: { server } }),
});
