import { type Recorded, type RecordedId, rows } from '../../shared/versions/rows';

/** A release this program can pretend to be, with what differs between them. */
export interface Version extends Recorded {
  readonly id: RecordedId;
}

const versions: readonly Version[] = rows.flatMap((row) =>
  'recorded' in row ? [{ id: row.version, ...row.recorded }] : [],
);

/** The releases this program can pretend to be, oldest first. */
export const versionIds: readonly RecordedId[] = versions.map(({ id }) => id);
export type VersionId = RecordedId;

/** What it pretends to be when nobody says otherwise. */
export const DEFAULT_VERSION: VersionId = '1.10.5';

/** @returns the release called `id`, or undefined. */
export function findVersion(id: string): Version | undefined {
  return versions.find((version) => version.id === id);
}
