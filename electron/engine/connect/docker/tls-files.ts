import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../../../shared/result';
import { type At, errorText, faultAt } from '../ssh/faults';

/** What a TLS connection to an engine needs, as Docker's own client keeps it in a folder. */
export interface TlsFiles {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

const NAMES = ['ca.pem', 'cert.pem', 'key.pem'] as const;

/** Reads the three files of a folder. Null: there is none of them; some of them, or unreadable, is a fault. */
export async function readTlsFiles(folder: string, at: At): Promise<Result<TlsFiles | null>> {
  const missing: string[] = [];
  const read: Buffer[] = [];
  for (const name of NAMES) {
    try {
      read.push(await readFile(join(folder, name)));
    } catch (error) {
      if (!(
        error instanceof Error &&
        'code' in error &&
        (error.code === 'ENOENT' || error.code === 'ENOTDIR')
      ))
        return fail(incomplete(at, folder, errorText(error)));
      missing.push(name);
    }
  }
  const [ca, cert, key] = read;
  if (ca && cert && key) return ok({ ca, cert, key });
  return read.length === 0 ? ok(null) : fail(incomplete(at, folder, `missing: ${missing.join(', ')}`));
}

const incomplete = (at: At, folder: string, detail: string) =>
  faultAt(
    at,
    'engine-certificates-missing',
    `the client certificates in ${folder} cannot be used`,
    'Put ca.pem, cert.pem and key.pem for this engine there.',
    { detail },
  );
