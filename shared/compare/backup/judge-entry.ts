import type { DifferingEntry } from '../comparison';
import type { ServerId } from '../../base/names';
import { type BackupEntry, milliseconds } from './backup';
import { orderOf } from './compare-entries';

/** What one server holds of an entry. */
export interface HeldEntry {
  readonly server: ServerId;
  readonly entry: BackupEntry | undefined;
}

/** A deletion is remembered this long, then forgotten, by each server at its own time. Milliseconds; Kanidm's changelog. */
const REMEMBERED = 7 * 24 * 3600 * 1000;

/**
 * Tells how two servers' states of one entry differ.
 * @param now milliseconds since the epoch.
 * @returns null when they differ in nothing that matters: the same, or a deletion so old that one side has forgotten it.
 */
export function judgeEntry(a: HeldEntry, b: HeldEntry, now: number): DifferingEntry | null {
  const shown = a.entry ?? b.entry;
  if (shown === undefined) return null;
  const order = orderOf(a.entry, b.entry);
  if (order.newer === 'none') return null;
  if (a.entry === undefined || b.entry === undefined) {
    if (shown.state === 'tombstone' && now - milliseconds(shown.at.at) > REMEMBERED) return null;
  }
  // A tombstone keeps no name: the side that still has the entry tells it.
  const named = [a, b].find((it) => it.entry !== undefined && it.entry.state !== 'tombstone')?.entry ?? shown;
  const gone = [a, b].filter((it) => it.entry !== undefined && it.entry.state !== 'live');
  const onlyOn = a.entry === undefined ? b.server : b.entry === undefined ? a.server : null;
  return {
    uuid: shown.uuid,
    type: named.type,
    name: named.name,
    newer: order.newer === 'a' ? a.server : order.newer === 'b' ? b.server : null,
    onlyOn,
    deletedOn: gone.length === 1 ? (gone[0]?.server ?? null) : null,
    changedAt: order.newest === null ? null : new Date(milliseconds(order.newest.at)).toISOString(),
  };
}
