import type { Comparison, DifferingEntry } from '../../../shared/compare/comparison';
import { runsWith } from '../../../shared/observed/observed-config';
import type { Backup, BackupEntry } from '../../../shared/compare/backup/backup';
import { covers, differingUuids } from '../../../shared/compare/backup/compare-entries';
import { judgeEntry } from '../../../shared/compare/backup/judge-entry';
import type { ServerId } from '../../../shared/base/names';
import type { Fault, Result } from '../../../shared/base/result';
import { ok } from '../../../shared/base/result';
import type { Call } from '../base/call';
import { serverNow, type Site } from '../deploy/deployment/deployment';
import { pollIntervalOf } from '../fleet/probe/probe-server';
import type { Clock } from '../base/time';
import { readBackup } from './read-backup';
import { notCompared, otherDomains, comparisonOf } from './comparison-of';
import { type Taken, takeBackup } from './take-backup';
import { type PairPull, waitForRounds } from './wait-for-rounds';

/** What a comparison needs beside the two servers. */
export interface CompareContext {
  readonly clock: Clock;
  /** Where what lies on a server meanwhile is written down. */
  readonly configDir: string;
  /** The pulls between the two. */
  readonly pulls: readonly PairPull[];
  /** Tells the person what is going on. */
  readonly say: (text: string) => void;
}

/** Both servers' backups of one moment, and the entries in which they differ, in full. */
interface Look {
  readonly at: number;
  /** The same by the monotonic clock. */
  readonly since: number;
  /** The same by the servers' clocks; the later of the two. */
  readonly there: number;
  readonly backups: readonly [Backup, Backup];
  readonly entries: readonly [ReadonlyMap<string, BackupEntry>, ReadonlyMap<string, BackupEntry>];
  readonly differing: ReadonlySet<string>;
}

/**
 * Compares what two servers hold: online backups of both at one moment, entry by entry by change state (`kanidm.md`,
 * "Comparing what two servers really hold").
 * Entries that differ and were changed within the last poll interval are looked at again a round later; they count only
 * when what one side had then has not reached the other by now.
 * @returns a comparison; `unknown` with the reason where there is none. Nothing is left on a server or on this machine.
 */
export async function comparePair(
  a: Site,
  b: Site,
  context: CompareContext,
  call: Call,
): Promise<Comparison> {
  const pair: readonly [Site, Site] = a.server.id < b.server.id ? [a, b] : [b, a];
  const startedAt = context.clock.now();
  const first = await look(pair, new Set(), context, call);
  if (!first.ok) return notCompared(idsOf(pair), startedAt, first.error);
  const [mine, theirs] = first.value.backups;
  if (mine.domainUuid !== theirs.domainUuid) return otherDomains(idsOf(pair), first.value);
  const found = judge(pair, first.value, [...first.value.differing]);
  if (!found.some((entry) => isFresh(entry, pair, first.value.there)))
    return comparisonOf(idsOf(pair), first.value, found, 0);

  context.say('Entries changed a moment ago differ; looking again after the next rounds');
  await waitForRounds(pair, first.value.since, context, call);
  const second = await look(pair, first.value.differing, context, call);
  if (!second.ok) return notCompared(idsOf(pair), startedAt, second.error);
  const judged = judge(pair, second.value, [...second.value.differing]);
  const still = judged.filter((entry) =>
    first.value.differing.has(entry.uuid)
      ? !caughtUp(entry.uuid, first.value, second.value)
      : !isFresh(entry, pair, second.value.there),
  );
  return comparisonOf(idsOf(pair), second.value, still, judged.length - still.length);
}

/** Backs both up side by side and finds what differs; `also` are held in full though they may be the same now. */
async function look(
  pair: readonly [Site, Site],
  also: ReadonlySet<string>,
  { clock, configDir, say }: CompareContext,
  call: Call,
): Promise<Result<Look>> {
  say(`Backing up ${pair[0].server.id} and ${pair[1].server.id} into memory`);
  const at = clock.now();
  const since = clock.monotonic();
  const there = Math.max(...pair.map((site) => serverNow(site, clock)));
  const [left, right] = await Promise.all(pair.map((site) => takeBackup(site, configDir, call)));
  if (left === undefined || right === undefined) throw new Error('a pair has two servers');
  if (!left.ok) return left;
  if (!right.ok) return right;
  const none = new Set<string>();
  const heads = await both(pair, [left.value, right.value], none, call.signal);
  if (!heads.ok) return heads;
  const [mine, theirs] = heads.value;
  const backups = [mine.backup, theirs.backup] as const;
  const differing = mine.backup.domainUuid === theirs.backup.domainUuid ? differingUuids(...backups) : none;
  const wanted = new Set([...differing, ...also]);
  if (wanted.size === 0)
    return ok({ at, since, there, backups, entries: [mine.entries, theirs.entries], differing });
  // Unpacked a second time rather than held in full: most entries are the same.
  const full = await both(pair, [left.value, right.value], wanted, call.signal);
  if (!full.ok) return full;
  return ok({
    at,
    since,
    there,
    backups,
    entries: [full.value[0].entries, full.value[1].entries],
    differing,
  });
}

async function both(
  pair: readonly [Site, Site],
  taken: readonly [Taken, Taken],
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
) {
  const left = await readBackup(taken[0].bytes, wanted, taken[0], signal);
  if (!left.ok) return at(pair[0], left);
  const right = await readBackup(taken[1].bytes, wanted, taken[1], signal);
  if (!right.ok) return at(pair[1], right);
  return ok([left.value, right.value] as const);
}

const at = (site: Site, result: { readonly ok: false; readonly error: Fault }) => ({
  ok: false as const,
  error: { ...result.error, where: { server: site.server.id, ...result.error.where } },
});

function judge(
  [a, b]: readonly [Site, Site],
  { at: now, entries }: Look,
  uuids: readonly string[],
): DifferingEntry[] {
  return uuids.flatMap((uuid) => {
    const mine = { server: a.server.id, entry: entries[0].get(uuid) };
    const theirs = { server: b.server.id, entry: entries[1].get(uuid) };
    return judgeEntry(mine, theirs, now) ?? [];
  });
}

/** Changed within the last poll interval before the backup: it may still be on its way. */
function isFresh(entry: DifferingEntry, pair: readonly [Site, Site], there: number): boolean {
  if (entry.changedAt === null) return false;
  const interval = Math.max(...pair.map((site) => pollIntervalOf(runsWith(site.observed))));
  return Date.parse(entry.changedAt) > there - (interval + 5) * 1000;
}

/** What each side had at the first look has reached the other by the second. */
function caughtUp(uuid: string, first: Look, second: Look): boolean {
  const [a1, b1] = first.entries.map((it) => it.get(uuid));
  const [a2, b2] = second.entries.map((it) => it.get(uuid));
  return covers(b2, a1) && covers(a2, b1);
}

const idsOf = ([a, b]: readonly [Site, Site]): readonly [ServerId, ServerId] => [a.server.id, b.server.id];
