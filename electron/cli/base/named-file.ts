import { fail, ok, type Result } from '../../../shared/base/result';
import { LARGEST_LOCAL, readLocalFile } from '../../engine/storage/local-file';

/**
 * A file that a person named on the command line: only regular files, up to `maxBytes`.
 * @param fix what to do when it cannot be read.
 */
export async function readNamed(
  file: string,
  fix: string,
  maxBytes: number = LARGEST_LOCAL,
): Promise<Result<Uint8Array>> {
  const read = await readLocalFile(file, maxBytes);
  if (read.kind === 'read') return ok(read.bytes);
  const why = read.kind === 'missing' ? 'there is no such file' : read.reason;
  return fail({
    code: 'file-unreadable',
    message: `The file could not be read: ${why}.`,
    fix,
    where: { file },
  });
}
