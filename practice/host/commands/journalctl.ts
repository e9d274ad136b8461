import { toJournalJson } from '../journal-entry';
import { fail, type Exit, type Invocation, type MachineParts } from './command';
import { readJournalOptions, type JournalOptions } from './journalctl-options';
import { unitName } from './unit-name';

/** `journalctl`: the lines of the machine's one unit as JSON or as plain text, from a time or after a cursor, and as they come. */
export async function journalctl(invocation: Invocation, machine: MachineParts): Promise<Exit> {
  const read = readJournalOptions(invocation.args);
  if (!read.ok) return fail(invocation, 1, read.message);
  const { options } = read;
  const range = rangeOf(options, machine);
  if (range === null) return fail(invocation, 1, 'Failed to seek to cursor: Invalid argument');
  if (unitName(options.unit) !== machine.unit.name)
    return options.follow ? untilGone(invocation) : { code: 0 };
  if (options.reverse) {
    for (let number = range.end - 1; number >= range.start; number -= 1)
      await print({ start: number, end: number + 1 }, options, invocation, machine);
    return { code: 0 };
  }
  return forward(range, options, invocation, machine);
}

/** Which lines are printed: from `start` up to and without `end`. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Null: it is not a cursor. `--lines` counts from the start after a cursor, else from the end, as systemd 252 does. */
function rangeOf(options: JournalOptions, machine: MachineParts): Range | null {
  const { journal } = machine;
  const lines =
    options.lines ?? (options.follow && options.since === null && options.after === null ? 10 : Infinity);
  if (options.after !== null) {
    const start = journal.after(options.after);
    if (start === null) return null;
    return { start, end: options.follow ? journal.next : Math.min(journal.next, start + lines) };
  }
  const start = options.since === null ? journal.first : journal.since(options.since);
  const end = options.until === null ? journal.next : journal.since(options.until + 1);
  return { start: Math.max(start, end - lines), end };
}

/** Prints the range and, when following, whatever comes after it: by number, so that no line is lost or repeated. */
async function forward(
  range: Range,
  options: JournalOptions,
  invocation: Invocation,
  machine: MachineParts,
): Promise<Exit> {
  const { journal } = machine;
  let wake = (): void => undefined;
  const unsubscribe = journal.subscribe(() => wake());
  const onAbort = (): void => wake();
  invocation.signal.addEventListener('abort', onAbort);
  try {
    let number = range.start;
    while (!invocation.signal.aborted) {
      const end = options.follow ? journal.next : range.end;
      // Lines forgotten while a slow reader caught up are skipped, as journald's vacuumed files are.
      number = Math.max(number, journal.first);
      if (number < end) {
        const first = number;
        number = Math.min(end, first + AT_ONCE);
        await print({ start: first, end: number }, options, invocation, machine);
      } else if (options.follow) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else {
        return { code: 0 };
      }
    }
    return { signal: 'HUP' };
  } finally {
    unsubscribe();
    invocation.signal.removeEventListener('abort', onAbort);
  }
}

/** Lines that are printed in one go. */
const AT_ONCE = 200;

async function print(
  { start, end }: Range,
  options: JournalOptions,
  invocation: Invocation,
  { journal }: MachineParts,
): Promise<void> {
  if (invocation.signal.aborted) return;
  const lines: Buffer[] = [];
  for (let number = start; number < end; number += 1) {
    const entry = journal.at(number);
    if (entry === undefined) continue;
    const isPlain = options.output === 'cat';
    lines.push(
      Buffer.from(isPlain ? entry.message : toJournalJson(entry, journal.cursor(entry), options.all)),
    );
    lines.push(NEWLINE);
  }
  if (lines.length > 0) await invocation.out(Buffer.concat(lines));
}
const NEWLINE = Buffer.from('\n');

/** Following a unit that prints nothing. */
async function untilGone(invocation: Invocation): Promise<Exit> {
  if (!invocation.signal.aborted) {
    await new Promise<void>((resolve) => {
      invocation.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
  return { signal: 'HUP' };
}
