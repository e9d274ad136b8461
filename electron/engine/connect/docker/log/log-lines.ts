import { KEPT_LINE, keptLine } from '../../common/kept-line';
import { Demultiplexer, type Frame } from '../api/demux';
import { type ContainerLine, readTimestamp } from './log-cursor';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
/** `2026-11-25T04:20:16.123456789+00:00` and a blank at most. */
const LONGEST_TIME = 36;

/** Reads a log stream with `timestamps`, wherever its chunks are cut. Of a long line the beginning is kept, no more is held. */
export interface LogReader {
  /** Lines that are whole now; null: this is no log stream. */
  push(chunk: Buffer): ContainerLine[] | null;
  /** Whether the stream may end here. */
  readonly mayEnd: boolean;
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

  get mayEnd(): boolean {
    return this.frames.pending === 0;
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

/**
 * A container with a terminal: plain lines that end in CR LF. The engine tells a long one in pieces of 16 KiB with a time in
 * front of each; what is kept of a line lies before the second.
 */
export class TerminalLog implements LogReader {
  private readonly line = new Kept(LONGEST_TIME + KEPT_LINE + 1);
  private placed = false;

  push(chunk: Buffer): ContainerLine[] | null {
    const lines: ContainerLine[] = [];
    for (let from = 0; from < chunk.length;) {
      const end = chunk.indexOf(NEWLINE, from);
      this.line.add(chunk.subarray(from, end < 0 ? chunk.length : end));
      // The engine writes a time in front of every line: the first one tells whether this is its log.
      if (!this.placed && (end >= 0 || this.line.isFull)) {
        if (timeInFront(this.line.bytes()) === null) return null;
        this.placed = true;
      }
      if (end < 0) break;
      const line = this.take();
      if (line !== null) lines.push(line);
      from = end + 1;
    }
    return lines;
  }

  /** A program may end in the middle of a line, but what never had a time is no log. */
  get mayEnd(): boolean {
    return this.placed || this.line.bytes().length === 0;
  }

  private take(): ContainerLine | null {
    const { isCut } = this.line;
    const held = this.line.bytes();
    this.line.clear();
    const bytes = !isCut && held.at(-1) === RETURN ? held.subarray(0, -1) : held;
    const time = timeInFront(bytes);
    // A line without a time cannot be placed.
    if (time === null) return null;
    return { nanoseconds: time.nanoseconds, text: keptLine(bytes.subarray(time.length), isCut) };
  }
}

/** Joins the pieces of one stream's lines; each piece has its time in front. */
class Pieces {
  private nanoseconds: bigint | null = null;
  private readonly line = new Kept(KEPT_LINE);

  add(piece: Buffer, ends: boolean): ContainerLine | null {
    const split = timeInFront(piece);
    // Nearly every line comes whole: of it nothing has to be copied.
    if (ends && split !== null && this.nanoseconds === null && this.line.isEmpty)
      return { nanoseconds: split.nanoseconds, text: keptLine(piece.subarray(split.length)) };
    this.nanoseconds ??= split?.nanoseconds ?? null;
    this.line.add(split === null ? piece : piece.subarray(split.length));
    if (!ends) return null;
    const { nanoseconds } = this;
    const text = keptLine(this.line.bytes(), this.line.isCut);
    this.nanoseconds = null;
    this.line.clear();
    // A line without a time cannot be placed; the engine writes none.
    return nanoseconds === null ? null : { nanoseconds, text };
  }
}

/** The beginning of a line that comes in parts. */
class Kept {
  private parts: Buffer[] = [];
  private size = 0;
  /** More came than is kept. */
  isCut = false;

  constructor(private readonly most: number) {}

  get isEmpty(): boolean {
    return this.size === 0;
  }

  get isFull(): boolean {
    return this.size >= this.most;
  }

  add(part: Buffer): void {
    const room = this.most - this.size;
    if (part.length > room) this.isCut = true;
    if (room <= 0 || part.length === 0) return;
    // A copy, for a part would keep the chunk it came in.
    this.parts.push(Buffer.from(part.subarray(0, room)));
    this.size += Math.min(part.length, room);
  }

  bytes(): Buffer {
    return Buffer.concat(this.parts);
  }

  clear(): void {
    this.parts = [];
    this.size = 0;
    this.isCut = false;
  }
}

function timeInFront(bytes: Buffer): { readonly nanoseconds: bigint; readonly length: number } | null {
  const space = bytes.subarray(0, LONGEST_TIME).indexOf(SPACE);
  if (space <= 0) return null;
  const nanoseconds = readTimestamp(bytes.toString('latin1', 0, space));
  return nanoseconds === null ? null : { nanoseconds, length: space + 1 };
}
