import { fail, ok, type Result } from '../../../../../shared/base/result';
import type { LogBound, LogItem, OlderLog } from '../../connection';
import type { Container } from '../api/container';
import { dockerFault, speaksOtherwise } from '../api/faults';
import { LineCounter } from './log-cursor';
import { DOING, openLog, withoutSilence } from './open-log';

const SECOND = 1_000_000_000n;
/** The engine reads a log forwards only: it is asked for the last minute first, then for ten times as long, to the beginning. */
const FIRST_STRETCH = 60n * SECOND;
const LONGER = 10n;
const LONGEST_STRETCH = 10_000_000n * SECOND;

type Line = LogItem & { readonly kind: 'line' };

/**
 * The newest lines of a container's log up to a time, microseconds of the engine's clock. Where the time runs out, what was
 * read until then.
 */
export async function readBefore(
  container: Container,
  before: number,
  bound: LogBound,
  signal: AbortSignal,
): Promise<Result<OlderLog>> {
  let items: readonly Line[] = [];
  let characters = 0;
  // A microsecond has a thousand nanoseconds, all of which were logged by then.
  const end = BigInt(Math.max(0, Math.floor(before))) * 1000n + 999n;
  let until = end;
  for (let back = FIRST_STRETCH; ; back *= LONGER) {
    const since = back > LONGEST_STRETCH || end < back ? 0n : end - back;
    const room = { ...bound, lines: bound.lines - items.length, characters: bound.characters - characters };
    const read = await readStretch(container, since, until, room, signal);
    if (!read.ok) {
      const part = read.error.code === 'timed-out' && until < end;
      return part ? ok({ items, from: Number((until + 1n) / 1000n) }) : read;
    }
    items = [...read.value.lines, ...items];
    characters += read.value.characters;
    if (read.value.isCut || items.length >= bound.lines)
      return ok({ items, from: items[0]?.at ?? Number(since / 1000n) });
    if (since === 0n) return ok({ items, from: null });
    until = since - 1n;
  }
}

/** The newest lines between two times, both included, as far as there is room. */
async function readStretch(
  container: Container,
  since: bigint,
  until: bigint,
  room: LogBound,
  signal: AbortSignal,
): Promise<
  Result<{ readonly lines: readonly Line[]; readonly characters: number; readonly isCut: boolean }>
> {
  // Some engines take whole seconds, and lines of the two outputs may lie a little out of order.
  const opened = await openLog(container, { since, until: until + SECOND, follow: false }, signal);
  if (!opened.ok) return opened;
  const { stream, reader } = opened.value;
  const counter = new LineCounter();
  const newest = new Newest(room);
  let pastHeld = false;
  try {
    for await (const chunk of withoutSilence(stream, container)) {
      const lines = reader.push(chunk as Buffer);
      if (lines === null) return fail(speaksOtherwise(container.where, DOING, 'it is no log of a container'));
      for (const found of lines) {
        const { nanoseconds } = found;
        const line = counter.place(found);
        pastHeld ||= line.cursor === room.held;
        if (nanoseconds < since || nanoseconds > until) continue;
        // Those of the time up to which is read follow the line that is held.
        if (pastHeld && nanoseconds / 1000n === until / 1000n) continue;
        newest.add(line);
      }
    }
    return reader.mayEnd
      ? ok(newest)
      : fail(speaksOtherwise(container.where, DOING, 'it ends within a message'));
  } catch (error) {
    return fail(dockerFault(container.where, error, DOING, signal));
  } finally {
    stream.destroy();
  }
}

/** The last lines of many. */
class Newest {
  characters = 0;
  isCut = false;
  private held: Line[] = [];
  private oldest = 0;

  constructor(private readonly room: LogBound) {}

  get lines(): readonly Line[] {
    return this.held.slice(this.oldest);
  }

  add(line: Line): void {
    this.held.push(line);
    this.characters += line.text.length;
    while (
      this.held.length - this.oldest > 1 &&
      (this.held.length - this.oldest > this.room.lines || this.characters > this.room.characters)
    ) {
      this.characters -= this.held[this.oldest]?.text.length ?? 0;
      this.oldest += 1;
      this.isCut = true;
    }
    if (this.oldest <= this.room.lines) return;
    this.held = this.held.slice(this.oldest);
    this.oldest = 0;
  }
}
