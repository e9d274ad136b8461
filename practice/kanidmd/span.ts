import type { Fields, Level } from './log-writer';

interface Message {
  level: Level;
  message: string;
  fields: Fields;
}

/** A piece of work with a name, a duration, and what was said during it. Printed when it ends. */
export class Span {
  readonly items: (Span | Message)[] = [];
  private readonly started = performance.now();
  private measured: number | undefined;

  /**
   * @param name as printed in the span head.
   * @param fields printed after the times.
   * @param milliseconds the span's own time, for work that is only told and not done; its children's come on top.
   */
  constructor(
    readonly name: string,
    readonly fields: Fields = [],
    private readonly milliseconds?: number,
  ) {}

  /** Stops the watch: later readings give the same duration. */
  end(): this {
    this.measured ??= performance.now() - this.started;
    return this;
  }

  /** Milliseconds from the start to the end, or the told time. Children are part of it. */
  elapsed(): number {
    const within = this.children().reduce((sum, child) => sum + child.elapsed(), 0);
    if (this.milliseconds !== undefined) return this.milliseconds + within;
    return Math.max(this.measured ?? performance.now() - this.started, within + 0.03);
  }

  children(): Span[] {
    return this.items.filter((item) => item instanceof Span);
  }

  info(message: string, fields: Fields = []): this {
    return this.say('INFO', message, fields);
  }
  warn(message: string, fields: Fields = []): this {
    return this.say('WARN', message, fields);
  }
  error(message: string, fields: Fields = []): this {
    return this.say('ERROR', message, fields);
  }
  add(child: Span): this {
    this.items.push(child);
    return this;
  }

  private say(level: Level, message: string, fields: Fields): this {
    this.items.push({ level, message, fields });
    return this;
  }
}

/** A duration with three significant digits, as `6.79µs`, `573µs`, `66.5ms`, `123ms`, `1.20s`. */
export function duration(milliseconds: number): string {
  const nanoseconds = milliseconds * 1e6;
  if (nanoseconds < 1e6) return `${digits(nanoseconds / 1e3)}µs`;
  if (nanoseconds < 1e9) return `${digits(nanoseconds / 1e6)}ms`;
  return `${digits(nanoseconds / 1e9)}s`;
}

function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
