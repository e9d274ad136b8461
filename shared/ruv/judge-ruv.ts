import { isoOf, type Moment } from '../compare/backup/backup';
import type { Fault, Result } from '../base/result';
import { count } from '../base/sentences';
import type { PullHealth } from '../kanidmd/health';
import { type KnownChanges, lostChanges, missingChanges, type ReadChanges } from './known-changes';
import type { PullLag, RuvReport, ServerRuv } from './ruv';

/** What one look brought of one server. */
export interface RuvLook {
  readonly server: string;
  /** ISO 8601, this computer's clock. */
  readonly at: string;
  /** The server's clock when it was read, milliseconds since the epoch. */
  readonly there: number;
  readonly read: Result<KnownChanges>;
}

/** Changes of its own that a server was found to lack. It lacks them until the opposite is proved. */
export interface Lost extends Pick<KnownChanges, 'serverUuid' | 'domainUuid'> {
  /** When that was found, ISO 8601, this computer's clock. */
  readonly at: string;
  readonly moments: readonly Moment[];
  /** When Kanilink read them of itself, where no partner has them; ISO 8601, this computer's clock. */
  readonly readAt?: string;
  /** It was refreshed since, and was not read after that. */
  readonly refreshed: boolean;
}

/** What is known from earlier looks, by servers' ids. */
export interface Earlier {
  /** What each knew when it was read last. */
  readonly known: ReadonlyMap<string, ReadChanges>;
  readonly lost: ReadonlyMap<string, Lost>;
  /** When each took another's database last, as far as that is believed; ISO 8601, this computer's clock. */
  readonly refreshed: ReadonlyMap<string, string>;
}

/**
 * Servers that lack changes of their own, by the other looks, by what they knew before and by what they were found to lack.
 * That ends when the server was refreshed, or when all others were read, or refreshed, and none has what it lost.
 */
export function wentBack(looks: readonly RuvLook[], before: Earlier): ReadonlyMap<string, Lost> {
  const found = new Map<string, Lost>();
  for (const { server, at, read } of looks) {
    const lost = before.lost.get(server);
    const isNew = lost !== undefined && isRefreshedSince(before, server, lost.at);
    if (!read.ok) {
      if (lost !== undefined) found.set(server, { ...lost, refreshed: isNew });
      continue;
    }
    const others = looks.filter((it) => it.server !== server);
    const has = others.flatMap((it) => (it.read.ok ? [it.read.value] : []));
    // Of an earlier life under another uuid nothing is expected: it was refreshed, or began again.
    const earlier = before.known.get(server);
    const own = earlier?.serverUuid === read.value.serverUuid ? [earlier] : [];
    const silent = others.some((it) => !it.read.ok && !isRefreshedSince(before, it.server, lost?.at ?? ''));
    const still = lost !== undefined && silent && !isNew ? [asKnown(lost, read.value)] : [];
    const lacks = (by: readonly KnownChanges[]): readonly Moment[] =>
      by.map((it) => lostChanges(read.value, it)).reduce((a, b) => (b.length > a.length ? b : a), []);
    const moments = lacks([...has, ...own, ...still]);
    const { serverUuid, domainUuid } = read.value;
    if (moments.length === 0) continue;
    const readAt = lacks(own).length > 0 ? earlier?.at : lost?.readAt;
    const alone = lacks(has).length === 0 && readAt !== undefined ? { readAt } : {};
    found.set(server, { serverUuid, domainUuid, at, moments, refreshed: false, ...alone });
  }
  return found;
}

/** Two readings of one clock over the network agree within this. Milliseconds. */
export const GRAIN = 5_000;

/** Whether a server took another's database after a moment: what was found of it then is not its own any more. */
export const isRefreshedSince = (
  { refreshed }: Pick<Earlier, 'refreshed'>,
  server: string,
  at: string,
): boolean => Date.parse(refreshed.get(server) ?? '') > Date.parse(at) + GRAIN;

const asKnown = ({ serverUuid, domainUuid, moments }: Lost, { newest }: KnownChanges): KnownChanges => ({
  ...{ serverUuid, domainUuid, newest },
  changes: new Map([[serverUuid, moments]]),
});

/** Judges the RUVs of a fleet. @param back who lacks changes of its own, see `wentBack`. */
export function judgeRuv(
  looks: readonly RuvLook[],
  pulls: readonly { readonly consumer: string; readonly supplier: string }[],
  back: ReadonlyMap<string, Lost>,
): RuvReport {
  const byId = new Map(looks.map((it) => [it.server, it]));
  return {
    servers: looks.map((it) => serverOf(it, back.get(it.server))),
    pulls: pulls.map(({ consumer, supplier }) => lagOf(consumer, supplier, byId)),
  };
}

function serverOf({ server, at, read }: RuvLook, found: Lost | undefined): ServerRuv {
  if (found?.refreshed === true) return { server, at, newest: null, ...REFRESHED };
  const lost = found?.moments ?? [];
  const [first] = lost;
  if (!read.ok && first === undefined)
    return {
      ...{ server, at, state: 'unknown', newest: null },
      ...{ cause: notReadAs(read.error), fix: read.error.fix, code: read.error.code },
    };
  const known = read.ok ? read.value : null;
  const own = known?.changes.get(known.serverUuid)?.at(-1);
  const newest = own === undefined ? null : isoOf(own);
  if (first === undefined) {
    const all = [...(known?.changes.values() ?? [])].reduce((sum, { length }) => sum + length, 0);
    return {
      ...{ server, at, state: 'read', newest, fix: '' },
      cause: `It knows ${count(all, 'change')}.`,
    };
  }
  const [one, them] = lost.length === 1 ? ['is', 'it'] : ['are', 'them'];
  const alone = found?.readAt;
  return {
    ...{ server, at, state: 'went-back', newest },
    cause: `It was restored to an older copy: ${lost.length === 1 ? 'a change that it made' : `${lost.length} changes that it made, the first`} at ${isoOf(first)}, ${one} not in its database any more.${alone === undefined ? '' : ` Kanilink read ${them} there at ${alone}; no partner that was read has ${them}.`}`,
    fix: `Choose whose data wins: refresh ${server} by name, or whoever pulls from it.`,
  };
}

/** Why the RUV of a server is not known. */
export const notReadAs = ({ message }: Pick<Fault, 'message'>): string => `Its RUV was not read. ${message}`;

/** What only a look can prove. */
export const READ_AGAIN = 'Ask how far behind the servers are: `kanilink status FLEET --ruv`, or the window.';

/** A server that went back and was refreshed since, until it is read: a refresh that is told is no proof that it has what it lost. */
export const REFRESHED: Pick<ServerRuv, 'state' | 'refreshed' | 'cause' | 'fix'> = {
  state: 'unknown',
  refreshed: true,
  cause: 'It was restored to an older copy and refreshed since; its RUV was not read again yet.',
  fix: READ_AGAIN,
};

function lagOf(consumer: string, supplier: string, looks: ReadonlyMap<string, RuvLook>): PullLag {
  const [mine, theirs] = [looks.get(consumer), looks.get(supplier)];
  const none = (cause: string): PullLag => ({
    ...{ consumer, supplier, changes: null, seconds: null, cause, fix: '' },
  });
  const notRead = (id: string): PullLag => none(`The RUV of ${id} was not read.`);
  if (mine?.read.ok !== true) return notRead(consumer);
  if (theirs?.read.ok !== true) return notRead(supplier);
  if (mine.read.value.domainUuid !== theirs.read.value.domainUuid)
    return none('They are in different domains.');
  const missing = missingChanges(mine.read.value, theirs.read.value);
  if (missing.length === 0)
    return {
      ...{ consumer, supplier, changes: 0, seconds: 0, fix: '' },
      cause: `${consumer} knows every change that ${supplier} knows.`,
    };
  const oldest = missing.reduce((least, { secs, nanos }) => Math.min(least, secs + nanos / 1e9), Infinity);
  const seconds = Math.max(0, Math.round(theirs.there / 1000 - oldest));
  return {
    ...{ consumer, supplier, changes: missing.length, seconds, fix: '' },
    cause: `${consumer} lacks ${count(missing.length, 'change')} that ${supplier} knows; the oldest is ${seconds} s old.`,
  };
}

/** An older copy of its database was put there, and that this is over was not read. */
export const isOlderCopy = ({ state, refreshed }: ServerRuv): boolean =>
  state === 'went-back' || refreshed === true;

/** Rounds of this server prove nothing: it went back, or whether it did has to be read first. */
export const leavesOpen = (it: ServerRuv): boolean => isOlderCopy(it) || it.restarted === true;

/**
 * A pull of which one end was restored to an older copy proves nothing by its rounds: both say Success, and their data differ.
 * The same until that end is read again after a refresh, or after a start of one that is read only when somebody asks.
 */
export function withRuv(pulls: readonly PullHealth[], report: RuvReport | null): readonly PullHealth[] {
  const back = new Map(
    (report?.servers ?? []).flatMap((it) => (leavesOpen(it) ? [[it.server, it] as const] : [])),
  );
  if (back.size === 0) return pulls;
  return pulls.map((pull) => {
    const said = back.get(pull.consumer) ?? back.get(pull.supplier);
    if (said === undefined || (pull.health !== 'replicating' && pull.health !== 'waiting')) return pull;
    const { remedy: _none, ...rest } = pull;
    return { ...rest, health: 'unknown', cause: `${said.server}: ${said.cause}`, fix: said.fix };
  });
}
