import { AsyncLocalStorage } from 'node:async_hooks';
import { onOneLine } from '../../../shared/base/escape-controls';
import type { Result } from '../../../shared/base/result';
import { monotonicNow, wallNow } from './time';

/** Characters of one line. An argv of ours is shorter; a server's path or a container's name may be of any length. */
const LONGEST = 500;
/** Characters of the newest lines that are kept. */
const MOST_KEPT = 400_000;

/**
 * What was asked of which machine, how long it took and how it ended: the newest lines, for diagnostics. Never a byte of a
 * file, of an input or of an answer; arguments and paths only.
 */
export class TraceLog {
  private lines: string[] = [];
  private held = 0;

  /** @param also hears of each line: `KANILINK_TRACE=1`. */
  constructor(private readonly also: (line: string) => void = () => undefined) {}

  add(text: string): void {
    const line = onOneLine(text).slice(0, LONGEST);
    this.also(line);
    this.lines.push(`${new Date(wallNow()).toISOString()} ${line}`);
    this.held += line.length;
    if (this.held < MOST_KEPT) return;
    this.lines = this.lines.slice(this.lines.length / 2);
    this.held = this.lines.reduce((sum, it) => sum + it.length, 0);
  }

  /** The newest lines, oldest first, each with its time. */
  get newest(): readonly string[] {
    return this.lines;
  }
}

/** The server a call is of, for the programs and requests that it takes. */
interface Traced {
  readonly trace: TraceLog;
  readonly server: string;
}

const within = new AsyncLocalStorage<Traced>();

/** Runs one call to a server; whatever it asks of a machine (`traceStep`) is traced as its part. */
export async function traceCall<T>(
  of: Traced,
  words: readonly string[],
  run: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const began = monotonicNow();
  const result = await within.run(of, run);
  of.trace.add(`${of.server} ${words.join(' ')} ${took(began)} ${outcomeOf(result)}`);
  return result;
}

/**
 * One program or request that a call takes; nothing where nothing is traced.
 * @param words its argv, or the method and the path. Never what it reads.
 * @param outcome of one that succeeded.
 */
export async function traceStep<T>(
  words: readonly string[],
  run: () => Promise<Result<T>>,
  outcome: (value: T) => string = () => 'ok',
): Promise<Result<T>> {
  const of = within.getStore();
  if (of === undefined) return run();
  const began = monotonicNow();
  const result = await run();
  const ended = result.ok ? outcome(result.value) : outcomeOf(result);
  of.trace.add(`${of.server} > ${words.join(' ')} ${took(began)} ${ended}`);
  return result;
}

/** The same of a stream: what each wait for an item asks is a part of it. */
export async function* traceItems<T>(of: Traced, items: AsyncIterable<T>): AsyncGenerator<T> {
  const reader = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await within.run(of, () => reader.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await reader.return?.();
  }
}

const took = (began: number): string => `${Math.round(monotonicNow() - began)} ms`;

const outcomeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.error.code);
