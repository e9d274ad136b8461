import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { z } from 'zod';
import type { Comparison } from '../../../shared/comparison';
import { comparison } from '../../../shared/ipc/comparison';
import type { DomainUuid, ServerId } from '../../../shared/names';
import { type Result, fail, ok } from '../../../shared/result';

/**
 * The last comparison of each pair of servers, one small file a pair under `configDir/comparisons`, so that its result
 * and age can stand beside the health. It holds names of entries, so it is readable by this user only.
 */
export async function keepComparison(
  configDir: string,
  domain: DomainUuid,
  made: Comparison,
): Promise<Result<void>> {
  const path = pathOf(configDir, domain, made.servers);
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

/** The last comparison of two servers of a domain; null when there is none, or none that can be read. */
export async function lastComparison(
  configDir: string,
  domain: DomainUuid,
  a: ServerId,
  b: ServerId,
): Promise<Comparison | null> {
  const pair: readonly [ServerId, ServerId] = a < b ? [a, b] : [b, a];
  try {
    const text = await readFile(pathOf(configDir, domain, pair), 'utf8');
    const read = kept.safeParse(JSON.parse(text));
    return read.success ? (read.data as Comparison) : null;
  } catch {
    // None yet, or a file that is not JSON: as good as none.
    return null;
  }
}

const kept: z.ZodType = comparison;

/** Ids and uuids have no characters that a file name could not hold. */
const pathOf = (configDir: string, domain: DomainUuid, [a, b]: readonly [ServerId, ServerId]): string =>
  join(configDir, 'comparisons', `${domain}.${a}.${b}.json`);
