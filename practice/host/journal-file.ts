import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { JournalEntry } from './journal-entry';

/**
 * Where a journal's lines lie on disk, one JSON document a line. When the file holds `capacity` lines it becomes the
 * previous one, and the one before that is forgotten: two files bound what is kept.
 */
export class JournalFile {
  /** The journal's id, the `s` of its cursors. */
  readonly id: string;
  readonly #path: string;
  readonly #capacity: number;
  #descriptor: number | null;
  #lines: number;

  constructor(path: string, capacity: number) {
    mkdirSync(dirname(path), { recursive: true });
    this.#path = path;
    this.#capacity = capacity;
    const lines = existsSync(path) ? readLines(path) : [];
    this.#lines = lines.length;
    this.id = headerOf(lines[0]) ?? randomBytes(16).toString('hex');
    this.#descriptor = openSync(path, 'a', 0o640);
    // A line cut by a crash must not be glued to the next one.
    if (this.#lines > 0) appendFileSync(this.#descriptor, '\n');
    else this.#writeHeader();
  }

  /** The lines kept so far, oldest first; at most `capacity`. A half-written last line is left out. */
  read(): JournalEntry[] {
    const previous = previousOf(this.#path);
    const lines = [...(existsSync(previous) ? readLines(previous) : []), ...readLines(this.#path)];
    const entries = lines.flatMap((line) => fromLine(line) ?? []).slice(-this.#capacity);
    // Numbers run without a hole; what lies before one is given up, as journald does with a corrupt file.
    const hole = entries.findLastIndex(
      (entry, place) => entry.number !== (entries[place - 1]?.number ?? NaN) + 1,
    );
    return entries.slice(Math.max(hole, 0));
  }

  append(entries: readonly JournalEntry[]): void {
    if (this.#descriptor === null) return;
    if (this.#lines > this.#capacity) {
      closeSync(this.#descriptor);
      renameSync(this.#path, previousOf(this.#path));
      this.#descriptor = openSync(this.#path, 'a', 0o640);
      this.#lines = 0;
      this.#writeHeader();
    }
    appendFileSync(this.#descriptor, entries.map((entry) => `${JSON.stringify(toLine(entry))}\n`).join(''));
    this.#lines += entries.length;
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #writeHeader(): void {
    if (this.#descriptor === null) return;
    appendFileSync(this.#descriptor, `${JSON.stringify({ journal: this.id })}\n`);
    this.#lines += 1;
  }
}

function previousOf(path: string): string {
  return `${path}.1`;
}

function readLines(path: string): string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

function headerOf(line: string | undefined): string | null {
  const parsed = line === undefined ? null : parse(line);
  return parsed && typeof parsed['journal'] === 'string' ? parsed['journal'] : null;
}

function toLine(entry: JournalEntry): Record<string, unknown> {
  const { message, ...rest } = entry;
  return typeof message === 'string' ? { ...rest, message } : { ...rest, bytes: message.toString('base64') };
}

function fromLine(line: string): JournalEntry | null {
  const parsed = parse(line);
  if (!parsed || typeof parsed['number'] !== 'number') return null;
  const text = (key: string): string => (typeof parsed[key] === 'string' ? parsed[key] : '');
  const number = (key: string): number => (typeof parsed[key] === 'number' ? parsed[key] : 0);
  return {
    number: number('number'),
    realtime: number('realtime'),
    monotonic: number('monotonic'),
    bootId: text('bootId'),
    check: text('check'),
    source: parsed['source'] === 'systemd' ? 'systemd' : 'kanidmd',
    unit: text('unit'),
    pid: number('pid'),
    invocationId: text('invocationId'),
    priority: number('priority'),
    commandLine: text('commandLine'),
    message: 'bytes' in parsed ? Buffer.from(text('bytes'), 'base64') : text('message'),
  };
}

function parse(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : null;
  } catch {
    return null;
  }
}
