import { fail, ok, type Result } from '../../../../../shared/base/result';
import type { FileContent } from '../../connection';
import type { ServerPlace } from '../../common/faults';
import { noSuchFile, notAFile, sha256Of, tooLarge } from '../../common/files';
import type { Handle, Sftp } from '../session/sftp';

/** What every SFTP server takes in one packet (draft-ietf-secsh-filexfer-02, 3). */
const CHUNK = 32 * 1024;
/** Reads under way at once: what hides the round trips of a far server. */
const PARALLEL = 16;

/** Reads a regular file whole. Larger than `maxBytes`, or shorter than its size says: a fault. */
export async function readFile(
  sftp: Sftp,
  where: ServerPlace,
  path: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Result<FileContent>> {
  const there = await sftp.stat(path, signal);
  if (!there.ok) return there;
  if (there.value === null) return fail(noSuchFile(where, path));
  // Opening a pipe would wait for a writer.
  if (there.value.kind !== 'file') return fail(notAFile(where, path));
  const handle = await sftp.open(path, 'r', {}, signal);
  if (!handle.ok) return handle;
  const content = await readOpen(sftp, where, handle.value, path, maxBytes, signal);
  await sftp.close(handle.value, path, signal);
  return content;
}

async function readOpen(
  sftp: Sftp,
  where: ServerPlace,
  handle: Handle,
  path: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Result<FileContent>> {
  const stat = await sftp.fstat(handle, path, signal);
  if (!stat.ok) return stat;
  const { size } = stat.value;
  if (size > maxBytes) return fail(tooLarge(where, path, maxBytes));

  const bytes = Buffer.alloc(size);
  let next = 0;
  let shortest = size;
  const worker = async (): Promise<Result<void>> => {
    while (next < shortest) {
      const begin = next;
      next = Math.min(begin + CHUNK, size);
      const end = next;
      for (let position = begin; position < end;) {
        const part = await sftp.read(handle, path, position, end - position, signal);
        if (!part.ok) return part;
        if (part.value.length === 0) {
          // The file became shorter while it was read.
          shortest = Math.min(shortest, position);
          return ok(undefined);
        }
        part.value.copy(bytes, position);
        position += part.value.length;
      }
    }
    return ok(undefined);
  };
  const workers = await Promise.all(
    Array.from({ length: Math.min(PARALLEL, Math.ceil(size / CHUNK)) }, worker),
  );
  const failed = workers.find((result) => !result.ok);
  if (failed) return failed;
  const read = bytes.subarray(0, shortest);
  return ok({ bytes: read, sha256: sha256Of(read), stat: stat.value });
}
