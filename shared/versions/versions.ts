import { type Ability, type KeyRow, rows } from './rows';

/** A Kanidm version, taken apart: `1.1.0-rc.16`, `1.10.5`. */
export interface KanidmVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** `rc.16`, `dev`; null for a release. */
  readonly preRelease: string | null;
}

/** When something began and ended. */
export interface Span {
  /** The first version that has it; null: every version that Kanilink knows. */
  readonly since: string | null;
  /** The first version that has it no more; null: there is none. */
  readonly until: string | null;
}

/** A key of the top level, and which versions read it. */
export interface KnownKey extends KeyRow, Span {
  readonly key: string;
}

/** Every key of the top level that a version of Kanidm reads, or read. */
export const knownKeys: readonly KnownKey[] = rows.flatMap((row, index) =>
  Object.entries<KeyRow>('keys' in row ? row.keys : {}).map(([key, words]) => ({
    key,
    ...words,
    since: index === 0 ? null : row.version,
    until:
      rows.find((later) => 'dropsKeys' in later && later.dropsKeys.some((it) => it === key))?.version ?? null,
  })),
);

/** The first version that was announced and not out when the rows were written; it may read keys that are not among them. */
export const UNREAD: string = rows.find((row) => 'announced' in row)?.version ?? '';

/** The flags for the path of server.toml, as some version takes them. */
export const configFlags: readonly string[] = [
  '-c',
  ...new Set(rows.flatMap((row) => ('recorded' in row ? [row.recorded.configFlag] : []))),
];

/** When Kanidm began to have an ability, and when it ceased to. */
export function spanOf(ability: Ability): Span {
  const began = rows.findIndex((row) => 'adds' in row && row.adds.some((it) => it === ability));
  const ended = rows.find((row) => 'drops' in row && row.drops.some((it) => it === ability));
  return { since: began <= 0 ? null : (rows[began]?.version ?? null), until: ended?.version ?? null };
}

/** The first version that has an ability, for a sentence; empty: every one has it. */
export const firstWith = (ability: Ability): string => spanOf(ability).since ?? '';

/** The first version that has an ability no more, for a sentence; empty: none lost it. */
export const firstWithout = (ability: Ability): string => spanOf(ability).until ?? '';

/** Reads a version as `kanidmd version` and the start line print it; null when it is not one. */
export function parseVersion(text: string): KanidmVersion | null {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+\S*)?$/.exec(text.trim());
  if (!match) return null;
  const [, major, minor, patch, preRelease = null] = match;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), preRelease };
}

/**
 * Orders two versions as semantic versioning does: a pre-release comes before its release. Text that is no version
 * comes first.
 * @returns negative when `a` is older, 0 when equal, positive when newer.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  if (!left || !right) return Number(left !== null) - Number(right !== null);
  return (
    left.major - right.major ||
    left.minor - right.minor ||
    left.patch - right.patch ||
    comparePreRelease(left.preRelease, right.preRelease)
  );
}

/** Whether the text is a version at all. */
export const isRelease = (version: string): boolean => parseVersion(version) !== null;

/**
 * Whether a version came before another. `1.9.0-pre` and `1.9.0-dev` count as the release they lead to, as their files
 * do; only where `other` is a pre-release itself do pre-releases count. Text that is no version came before none.
 */
export function isBefore(version: string, other: string): boolean {
  const parsed = parseVersion(version);
  if (parsed === null) return false;
  const exact = parseVersion(other)?.preRelease !== null;
  const { major, minor, patch } = parsed;
  return compareVersions(exact ? version : `${major}.${minor}.${patch}`, other) < 0;
}

/** Whether a version has an ability for certain: a pre-release has not what its release brings. Text that is no version has none. */
export function supports(version: string, ability: Ability): boolean {
  const { since, until } = spanOf(ability);
  if (!isRelease(version)) return false;
  return (
    (since === null || compareVersions(version, since) >= 0) &&
    (until === null || compareVersions(version, until) < 0)
  );
}

/**
 * Whether a version came before an ability, or after it. A pre-release counts as the release it leads to; of text that is
 * no version nothing is claimed.
 */
export function lacks(version: string, ability: Ability): boolean {
  const { since, until } = spanOf(ability);
  if (!isRelease(version)) return false;
  return (since !== null && isBefore(version, since)) || (until !== null && !isBefore(version, until));
}

/**
 * Whether a version needs `i_acknowledge_that_replication_is_in_development`, which is fatal to those that do not
 * (`kanidm.md`, "Format by version").
 */
export const acknowledgementNeeded = (version: string): boolean =>
  isRelease(version) && !lacks(version, 'acknowledgement');

function comparePreRelease(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const [left, right] = [a.split('.'), b.split('.')];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const order = compareIdentifiers(left[index], right[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareIdentifiers(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  const [aIsNumber, bIsNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (aIsNumber && bIsNumber) return Number(a) - Number(b);
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}
