import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail, ok, type Result } from '../../../../shared/result';
import { type At, errorText, faultAt } from './faults';
import { type KnownHost, knownHostLine, parseKnownHosts } from './known-hosts';

/** Reads the known_hosts files in order; one that is not there holds nothing. */
export async function readKnownHosts(
  files: readonly string[],
  at: At,
): Promise<Result<readonly KnownHost[]>> {
  const known: KnownHost[] = [];
  for (const file of files) {
    try {
      known.push(...parseKnownHosts(await readFile(file, 'utf8'), file));
    } catch (error) {
      if (isMissing(error)) continue;
      return fail(
        faultAt(
          at,
          'known-hosts-unreadable',
          `${file} on this machine cannot be read`,
          'Make it readable for you: without it a changed host key would go unnoticed.',
          { detail: errorText(error) },
        ),
      );
    }
  }
  return ok(known);
}

/**
 * Appends one key as ssh does: the folder 0700 and the file 0600 where they are made, in one write at the end of the
 * file, after a newline when the last line lacks one.
 */
export async function appendKnownHost(
  file: string,
  host: string,
  blob: Buffer,
  hashed: boolean,
  at: At,
): Promise<Result<void>> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, 'a+', 0o600);
    try {
      const { size } = await handle.stat();
      const last = Buffer.alloc(1);
      if (size > 0) await handle.read(last, 0, 1, size - 1);
      const lead = size > 0 && last[0] !== 0x0a ? '\n' : '';
      await handle.write(`${lead}${knownHostLine(host, blob, hashed ? randomBytes(20) : null)}\n`);
    } finally {
      await handle.close();
    }
    return ok(undefined);
  } catch (error) {
    return fail(
      faultAt(
        at,
        'known-hosts-unwritable',
        `the accepted host key could not be written to ${file} on this machine`,
        'Make the file writable for you, or add the line below to it by hand.',
        { detail: `${errorText(error)}\n${knownHostLine(host, blob, null)}` },
      ),
    );
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
