import type { Contents } from './contents';

/** What a comparison needs of one server's backup. Made by `BackupReader` in `read-backup.ts`. */
export interface Backup {
  /** Kanidm's minor version, `1.10`; null where the backup does not say. */
  readonly version: string | null;
  readonly serverUuid: string;
  readonly domainUuid: string;
  /** How far each server's changes are known, by server uuid: the replication update vector. */
  readonly ruv: ReadonlyMap<string, Moment>;
  /** Every entry's change state by uuid, in one canonical text. */
  readonly states: ReadonlyMap<string, string>;
  readonly contents: Contents;
}

/** A moment as Kanidm writes durations since 1970. */
export interface Moment {
  readonly secs: number;
  readonly nanos: number;
}

/** A change identifier: which server changed something, and when by its clock. */
export interface ChangeId {
  readonly server: string;
  readonly at: Moment;
}

/** One entry as far as it may be told: never its values but its name. */
export interface BackupEntry {
  readonly uuid: string;
  readonly name: string;
  /** `person`, `group`, `OAuth2 client`: in words. */
  readonly type: string;
  /** `tombstone`: deleted, kept only so that the deletion is replicated. */
  readonly state: 'live' | 'recycled' | 'tombstone';
  /** When it came to be what it is. */
  readonly at: ChangeId;
  /** Who changed each attribute last, and when. */
  readonly changes: ReadonlyMap<string, ChangeId>;
}

/** Milliseconds since the epoch. */
export const milliseconds = ({ secs, nanos }: Moment): number => secs * 1000 + Math.floor(nanos / 1e6);

/** A backup's moment may be one that no four-digit year has: it is told as the last that has. ISO 8601. */
export const isoOf = (at: Moment): string =>
  new Date(Math.min(milliseconds(at), LAST_OF_FOUR_DIGITS)).toISOString();
const LAST_OF_FOUR_DIGITS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Below 0, 0 or above 0, as for sorting. */
export const compareMoments = (a: Moment, b: Moment): number => a.secs - b.secs || a.nanos - b.nanos;

/** At the same moment the higher server uuid wins, on every server alike. */
export const compareChanges = (a: ChangeId, b: ChangeId): number =>
  compareMoments(a.at, b.at) || (a.server < b.server ? -1 : a.server > b.server ? 1 : 0);
