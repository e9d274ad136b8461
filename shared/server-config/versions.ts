/** A Kanidm version, taken apart: `1.1.0-rc.16`, `1.10.5`. */
export interface KanidmVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** `rc.16`, `dev`; null for a release. */
  readonly preRelease: string | null;
}

/** What only some versions can do (`kanidm.md`, "Commands" and "server.toml"). */
export type Feature = 'online-backup' | 'certificate-metadata' | 'scripting-healthcheck' | 'version-2-file';

const since: Readonly<Record<Feature, string>> = {
  'online-backup': '1.9.0',
  'certificate-metadata': '1.10.0',
  'scripting-healthcheck': '1.9.0',
  'version-2-file': '1.6.3',
};

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

/**
 * Whether a version needs `i_acknowledge_that_replication_is_in_development`: needed up to 1.1.0-rc.16, fatal from 1.2
 * on (`kanidm.md`). Pre-releases count as the release they lead to.
 */
export function acknowledgementNeeded(version: string): boolean {
  const parsed = parseVersion(version);
  return parsed !== null && (parsed.major < 1 || (parsed.major === 1 && parsed.minor < 2));
}

/** Whether a version has a feature. Text that is no version has none. */
export function supports(version: string, feature: Feature): boolean {
  return parseVersion(version) !== null && compareVersions(version, since[feature]) >= 0;
}

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
