import type { LogLineView } from '../../../shared/ipc';
import { cutLine, sizeOfLine } from '../../../shared/ipc/log-cut';
import { moreKey } from '../../../shared/ipc/log-remark';
import { ok, type Result } from '../../../shared/base/result';

/** Lines that are told of one time. */
const MOST_LINES = 20_000;
/** The characters of these lines. */
const MOST_CHARACTERS = 8_000_000;

/** The lines up to a time, of a log that is in order; of very many, or very long ones, the first. @param to milliseconds, our clock */
export async function* linesUntil(
  lines: AsyncIterable<readonly Result<LogLineView>[]>,
  to: number,
  most = MOST_LINES,
  mostCharacters = MOST_CHARACTERS,
): AsyncIterable<readonly Result<LogLineView>[]> {
  let told = 0;
  let characters = 0;
  for await (const batch of lines) {
    const ready: Result<LogLineView>[] = [];
    for (const line of batch) {
      const at = line.ok ? line.value.at - line.value.offset : to * 1000;
      const isPast = at > to * 1000;
      const cut = line.ok ? ok(cutLine(line.value)) : line;
      characters += cut.ok ? sizeOfLine(cut.value) : 0;
      const isFull = told >= most || characters > mostCharacters;
      if (isPast || isFull) {
        yield isPast ? ready : [...ready, ok(moreAfter(at, told))];
        return;
      }
      ready.push(cut);
      told += 1;
    }
    yield ready;
  }
}

const moreAfter = (at: number, told: number): LogLineView => ({
  ...{ key: moreKey(at), at, offset: 0, server: '', group: null, bootstrap: null },
  ...{ level: 'warn', raw: '', pull: null },
  meaning: `Only the first ${told.toLocaleString('en')} lines of this time are shown: look at a later moment for more.`,
});
