import { isUtf8 } from 'node:buffer';

/** journald cuts longer lines in pieces (`LineMax=` in journald.conf(5)). */
const LONGEST_LINE = 48 * 1024;

/** Cuts a stream of bytes into lines, text where it is valid UTF-8 and bytes where not. Empty lines are dropped, as journald does. */
export class LineSplitter {
  readonly #onLine: (line: string | Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(onLine: (line: string | Buffer) => void) {
    this.#onLine = onLine;
  }

  push(bytes: Buffer): void {
    let rest = Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const newline = rest.indexOf(10);
      const end = newline < 0 || newline > LONGEST_LINE ? LONGEST_LINE : newline;
      if (end > rest.length || (newline < 0 && rest.length < LONGEST_LINE)) break;
      this.#emit(rest.subarray(0, end));
      rest = rest.subarray(end === newline ? end + 1 : end);
    }
    this.#rest = rest;
  }

  /** The stream has ended: a last line without a newline is a line too. */
  end(): void {
    this.#emit(this.#rest);
    this.#rest = Buffer.alloc(0);
  }

  #emit(line: Buffer): void {
    if (line.length > 0) this.#onLine(isUtf8(line) ? line.toString('utf8') : Buffer.from(line));
  }
}
