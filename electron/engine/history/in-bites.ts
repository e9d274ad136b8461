import { fail, type Fault, ok, type Result } from '../../../shared/base/result';
import type { HistoryFile } from './history-file';
import type { Bites } from './read-rows';

/** A reading that another file came under so often is given up. */
const MOST_TRIES = 3;

/**
 * Reads in bites, and lets the engine do other things between two. Where a new file was begun meanwhile, all is read again.
 * @returns the fault that stands in the way; `history-busy` also after the signal.
 */
export async function inBites<T>(
  file: HistoryFile,
  begin: () => Bites<T>,
  signal?: AbortSignal,
): Promise<Result<T>> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const reading = begin();
    let opening: number | null = null;
    for (let bite = reading.next(); ; bite = reading.next()) {
      if (bite.done === true) return ok(bite.value);
      const work = bite.value;
      const before: number | null = opening;
      const read = file.read((database, epoch) => {
        if (before === null || before === epoch) work(database);
        return epoch;
      });
      if (!read.ok) return read;
      opening ??= read.value;
      if (opening !== read.value) break;
      await new Promise((resolve) => setImmediate(resolve));
      if (signal?.aborted === true) return fail(GIVEN_UP);
    }
  }
  return fail(GIVEN_UP);
}

const GIVEN_UP: Fault = {
  code: 'history-busy',
  message: 'The history was not read to its end.',
  fix: 'Ask again.',
  where: {},
};
