import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail, ok, type Result } from '../../../shared/base/result';
import { writeDurably } from '../storage/durable';
import { fileWords } from '../storage/file-words';

/** Replaces a file of node_exporter's folder whole or not at all; every user may read it. */
export async function writeTextfile(path: string, text: string): Promise<Result<void>> {
  // node_exporter reads *.prom only, so it never takes this for one.
  const fresh = join(dirname(path), `.kanilink-${randomUUID()}`);
  try {
    await writeDurably(fresh, text, 0o644);
    await rename(fresh, path);
    return ok(undefined);
  } catch (cause) {
    await rm(fresh, { force: true }).catch(() => undefined);
    return fail({
      code: 'textfile-not-written',
      message: `The metrics file could not be written: ${fileWords(cause)}.`,
      fix: 'Check that its folder is there and may be written to.',
      where: { file: path },
    });
  }
}
