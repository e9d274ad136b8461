import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { comparison, type Comparison, sinceLast } from '../../../shared/compare/comparison';
import type { Fleet } from '../../../shared/fleet/model/fleet';
import type { DomainUuid, ServerId } from '../../../shared/base/names';
import { type Result, fail, ok } from '../../../shared/base/result';

/**
 * Keeps a comparison as the last one of its two servers, and says what it shows beside the one before. The last comparison of each pair of servers, one small file a pair under `configDir/comparisons`, so that its result
 * and age can stand beside the health. It holds names of entries, so it is readable by this user only.
 */
export async function keepComparison(
  configDir: string,
  found: Comparison,
): Promise<{ readonly comparison: Comparison; readonly kept: Result<void> }> {
  if (found.domain === null) return { comparison: found, kept: ok(undefined) };
  const path = pathOf(configDir, found.domain, found.servers);
  const made = sinceLast(found, await readKept(path));
  return { comparison: made, kept: await writeKept(configDir, path, made) };
}

async function writeKept(configDir: string, path: string, made: Comparison): Promise<Result<void>> {
  const beside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(join(configDir, 'comparisons'), { recursive: true, mode: 0o700 });
    await writeFile(beside, `${JSON.stringify(made)}\n`, { mode: 0o600, flush: true, flag: 'wx' });
    await rename(beside, path);
    return ok(undefined);
  } catch (error) {
    return fail({
      code: 'comparison-not-kept',
      message: `The result of the comparison could not be kept: ${error instanceof Error ? error.message : String(error)}`,
      fix: 'Make the folder writable or choose another one with --config-dir.',
      where: { file: path },
    });
  }
}

/** The last comparisons of a fleet's linked servers; those that were never made, or cannot be read, are left out. */
export async function lastComparisons(configDir: string, fleet: Fleet): Promise<readonly Comparison[]> {
  const domain = fleet.domainUuid;
  // Written into the fleet file by its first deploy; without it nobody knows whose the results are.
  if (domain === null) return [];
  const read = await Promise.all(
    fleet.links.map(({ supplier, consumer }) => readKept(pathOf(configDir, domain, [supplier, consumer]))),
  );
  return read.filter((it) => it !== null);
}

async function readKept(path: string): Promise<Comparison | null> {
  try {
    const read = comparison.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return read.success ? read.data : null;
  } catch {
    // None yet. A file that is not JSON counts as none.
    return null;
  }
}

/** Ids and uuids have no characters that a file name could not hold. */
function pathOf(configDir: string, domain: DomainUuid, pair: readonly [ServerId, ServerId]): string {
  const [a, b] = [...pair].sort();
  return join(configDir, 'comparisons', `${domain}.${a ?? ''}.${b ?? ''}.json`);
}
