import { join } from 'node:path';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import { readLocalFile, type Unusable, unusable } from '../../../storage/local-file';
import { type ServerPlace, localFileFault } from '../../common/faults';

/** What a TLS connection to an engine needs, as Docker's own client keeps it in a folder. */
export interface TlsFiles {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

const NAMES = ['ca.pem', 'cert.pem', 'key.pem'] as const;

/** The file of such a folder that says whom to believe. */
export const authorityIn = (folder: string): string => join(folder, NAMES[0]);

/** Reads the three files of a folder. Null: there is none of them; some of them, or unreadable, is a fault. */
export async function readTlsFiles(folder: string, where: ServerPlace): Promise<Result<TlsFiles | null>> {
  const missing: string[] = [];
  const read: Buffer[] = [];
  for (const name of NAMES) {
    const file = await readLocalFile(join(folder, name));
    if (file.kind === 'unusable')
      return fail(incomplete(where, folder, { ...file, reason: `${name}: ${file.reason}` }));
    if (file.kind === 'missing') missing.push(name);
    else read.push(file.bytes);
  }
  const [ca, cert, key] = read;
  if (ca && cert && key) return ok({ ca, cert, key });
  return read.length === 0
    ? ok(null)
    : fail(incomplete(where, folder, unusable(`missing: ${missing.join(', ')}`)));
}

const incomplete = (where: ServerPlace, folder: string, why: Unusable) =>
  localFileFault(where, why, {
    code: 'engine-certificates-missing',
    message: `the client certificates in ${folder} cannot be used`,
    fix: 'Put ca.pem, cert.pem and key.pem for this engine there.',
  });
