import { writeFile } from 'node:fs/promises';
import { fail, ok, type Result } from '../../../shared/base/result';
import { fileWords } from '../../engine/storage/file-words';
import { errorCode } from '../../engine/base/error-code';

/** Writes a new file that only this user may read. @returns fault `file-exists` or `cannot-save`; nothing is overwritten. */
export async function saveNew(path: string, text: string): Promise<Result<void>> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600, flush: true });
    return ok(undefined);
  } catch (error) {
    const there = errorCode(error) === 'EEXIST';
    return fail({
      code: there ? 'file-exists' : 'cannot-save',
      message: there
        ? 'This file is there already, and is not overwritten.'
        : `It could not be written: ${fileWords(error)}.`,
      fix: 'Choose another name.',
      where: { file: path },
    });
  }
}
