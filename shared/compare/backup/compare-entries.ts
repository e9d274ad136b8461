import { type Backup, type BackupEntry, type ChangeId, compareChanges } from './backup';

/** Uuids of entries whose change states are not the same in two backups, those that only one has among them. */
export function differingUuids(a: Backup, b: Backup): ReadonlySet<string> {
  const uuids = new Set<string>();
  for (const [uuid, state] of a.states) if (b.states.get(uuid) !== state) uuids.add(uuid);
  for (const uuid of b.states.keys()) if (!a.states.has(uuid)) uuids.add(uuid);
  return uuids;
}

/** How two servers' states of one entry stand to each other. */
export interface EntryOrder {
  /** Who has changes the other has not: `both` means that each has some, which never heal by themselves in one direction. */
  readonly newer: 'a' | 'b' | 'both' | 'none';
  /** Names of the attributes that differ, in order. */
  readonly attributes: readonly string[];
  /** The newest change that one side has and the other has not; null when there is none. */
  readonly newest: ChangeId | null;
}

/** Compares two states of one entry change by change; a side without the entry has none of its changes. */
export function orderOf(a: BackupEntry | undefined, b: BackupEntry | undefined): EntryOrder {
  const mine = changesOf(a);
  const theirs = changesOf(b);
  const attributes: string[] = [];
  let newest: ChangeId | null = null;
  let aNewer = false;
  let bNewer = false;
  for (const attribute of new Set([...mine.keys(), ...theirs.keys()])) {
    const order = compareMaybe(mine.get(attribute), theirs.get(attribute));
    if (order === 0) continue;
    if (attribute !== AT) attributes.push(attribute);
    const later = order > 0 ? mine.get(attribute) : theirs.get(attribute);
    if (order > 0) aNewer = true;
    else bNewer = true;
    if (later && (newest === null || compareChanges(later, newest) > 0)) newest = later;
  }
  // A deletion replaces everything the entry was: the side that has it is the newer one.
  if (a?.state === 'tombstone' && b !== undefined && b.state !== 'tombstone') bNewer = false;
  if (b?.state === 'tombstone' && a !== undefined && a.state !== 'tombstone') aNewer = false;
  const newer = aNewer && bNewer ? 'both' : aNewer ? 'a' : bNewer ? 'b' : 'none';
  return { newer, attributes: attributes.sort(), newest };
}

/**
 * True when `later` holds everything `earlier` held: each attribute as it was then, or changed since. What an entry lost
 * on one side has reached the other, if that one was looked at a round later.
 */
export function covers(later: BackupEntry | undefined, earlier: BackupEntry | undefined): boolean {
  if (later?.state === 'tombstone') return true;
  const { newer } = orderOf(earlier, later);
  return newer === 'b' || newer === 'none';
}

/** Not an attribute: when the entry itself came to be. */
const AT = '';

function changesOf(entry: BackupEntry | undefined): ReadonlyMap<string, ChangeId> {
  return entry === undefined ? new Map() : new Map([...entry.changes, [AT, entry.at]]);
}

function compareMaybe(a: ChangeId | undefined, b: ChangeId | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  return compareChanges(a, b);
}
