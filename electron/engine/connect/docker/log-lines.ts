import { Demultiplexer, type Frame } from './demux';
import { readTimestamp } from './log-cursor';

/** A line of a container's log. */
export interface ContainerLine {
  /** The engine's time of it. */
  readonly nanoseconds: bigint;
  readonly text: string;
}

/** The engine cuts a longer line into pieces of this size, each with a time of its own. Bytes. */
const PIECE = 16 * 1024;
/** A line longer than this is told in parts. Bytes. */
const LONGEST_LINE = 4 * 1024 * 1024;
const NEWLINE = 0x0a;
const SPACE = 0x20;
/** `2026-11-25T04:20:16.123456789+00:00` at most. */
const LONGEST_TIME = 36;

/** Reads a log stream with `timestamps`, wherever its chunks are cut. */
export interface LogReader {
  /** Lines that are whole now; null: this is no log stream. */
  push(chunk: Buffer): ContainerLine[] | null;
}

/** Each message is a frame; stdout and stderr have lines of their own. */
export class MultiplexedLog implements LogReader {
  private readonly frames = new Demultiplexer();
  private readonly streams = { stdout: new Pieces(), stderr: new Pieces() };

  push(chunk: Buffer): ContainerLine[] | null {
    const frames = this.frames.push(chunk);
    if (frames === null) return null;
    const lines: ContainerLine[] = [];
    for (const frame of frames) this.take(frame, lines);
    return lines;
  }

  private take({ stream, bytes }: Frame, lines: ContainerLine[]): void {
    const pieces = this.streams[stream];
    for (let from = 0; from < bytes.length;) {
      const end = bytes.indexOf(NEWLINE, from);
      const to = end < 0 ? bytes.length : end;
      const line = pieces.add(bytes.subarray(from, to), end >= 0);
      if (line !== null) lines.push(line);
      from = to + 1;
    }
  }
}

/** A container with a terminal: plain lines that end in CR LF. */
export class TerminalLog implements LogReader {
  private rest: Buffer = Buffer.alloc(0);
  private readonly pieces = new Pieces();

  push(chunk: Buffer): ContainerLine[] {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const lines: ContainerLine[] = [];
    let from = 0;
    for (;;) {
      const end = bytes.indexOf(NEWLINE, from);
      if (end < 0) break;
      const line = this.pieces.add(joined(withoutReturn(bytes.subarray(from, end))), true);
      if (line !== null) lines.push(line);
      from = end + 1;
    }
    this.rest = bytes.subarray(from);
    return lines;
  }
}

/** Joins the pieces of one stream's lines; each piece has its time in front. */
class Pieces {
  private nanoseconds: bigint | null = null;
  private parts: Buffer[] = [];
  private size = 0;

  add(piece: Buffer, ends: boolean): ContainerLine | null {
    const split = timeInFront(piece);
    const body = split === null ? piece : piece.subarray(split.length);
    this.nanoseconds ??= split?.nanoseconds ?? null;
    if (!ends && this.size + body.length < LONGEST_LINE) {
      this.parts.push(Buffer.from(body));
      this.size += body.length;
      return null;
    }
    const bytes = this.parts.length === 0 ? body : Buffer.concat([...this.parts, body]);
    const { nanoseconds } = this;
    this.nanoseconds = null;
    this.parts = [];
    this.size = 0;
    // A line without a time cannot be placed; the engine writes none.
    return nanoseconds === null ? null : { nanoseconds, text: bytes.toString('utf8') };
  }
}

function timeInFront(bytes: Buffer): { readonly nanoseconds: bigint; readonly length: number } | null {
  const space = bytes.subarray(0, LONGEST_TIME).indexOf(SPACE);
  if (space <= 0) return null;
  const nanoseconds = readTimestamp(bytes.toString('latin1', 0, space));
  return nanoseconds === null ? null : { nanoseconds, length: space + 1 };
}

const withoutReturn = (bytes: Buffer): Buffer => (bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes);

/** With a terminal, the pieces of a long line follow each other without a break: the times between them are taken out. */
function joined(line: Buffer): Buffer {
  if (line.length <= PIECE) return line;
  const first = timeInFront(line);
  if (first === null) return line;
  const kept = [line.subarray(0, first.length)];
  let rest = line.subarray(first.length);
  while (rest.length > PIECE) {
    kept.push(rest.subarray(0, PIECE));
    rest = rest.subarray(PIECE);
    const time = timeInFront(rest);
    if (time !== null) rest = rest.subarray(time.length);
  }
  return Buffer.concat([...kept, rest]);
}
