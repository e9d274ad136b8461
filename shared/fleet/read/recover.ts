import type { Fault } from '../../base/result';
import { parseDocument, type TomlDocument } from './document';

/** A text that is no TOML, as far as it is: what could be read of it, and every place where it is not. */
export interface Recovered {
  /** Null: nothing of it could be read. Lines are those of the text. */
  readonly document: TomlDocument | null;
  /** Never empty. */
  readonly faults: readonly Fault[];
  /** The lines that were left out. */
  readonly left: readonly LeftOut[];
}

/** A line that was left out. */
export interface LeftOut {
  /** As it is written. */
  readonly text: string;
  /** The line of the table it stands in, 1-based; null: it stands before the first. */
  readonly table: number | null;
}

/** More than these are not looked for: such a file is something else. */
const MOST_FAULTS = 20;
/** Each fault costs another reading. Characters. */
const LONGEST = 200_000;

/**
 * Reads a text whose parser stops at the first fault: the line it stopped at is left out (with a table's header also its
 * keys, which would seem to be the table's before), and it is read again.
 */
export function recover(text: string): Recovered {
  const lines = text.split('\n');
  const faults: Fault[] = [];
  const left: LeftOut[] = [];
  // Of the text as it is written: a header that is left out begins a table, too.
  const written = text.split('\n');
  while (faults.length < MOST_FAULTS) {
    const read = parseDocument(lines.join('\n'));
    if (read.ok) return { document: read.value, faults, left };
    const { line } = read.error.where;
    const lasting = read.error.code !== 'fleet-syntax' || line === undefined || text.length > LONGEST;
    const from = lasting ? -1 : blamed(lines, line - 1, read.error.where.column === 1);
    faults.push(from === -1 ? read.error : placed(read.error, lines, from));
    if (from === -1) break;
    const to = isHeader(lines[from]) ? nextHeader(lines, from + 1) : from + 1;
    const out = lines.splice(from, to - from, ...Array.from({ length: to - from }, () => ''));
    left.push(...out.map((line, index) => ({ text: line, table: tableOf(written, from + index) })));
  }
  return { document: null, faults: faults.slice(0, MOST_FAULTS), left };
}

/** The parser may notice only at the start of the next line what is missing at the end of one. */
function blamed(lines: readonly string[], at: number, atStart: boolean): number {
  const before = lineWithText(lines, at - 1);
  const ends = atStart && before !== -1 && !parseDocument(`${lines[before] ?? ''}\n`).ok;
  return ends ? before : lineWithText(lines, at);
}

/** Where a line ends without what it needs, the fault is there and not in what follows. */
function placed(fault: Fault, lines: readonly string[], line: number): Fault {
  const noticed = lines[(fault.where.line ?? 1) - 1]?.trim() ?? '';
  if (fault.where.line === line + 1 || noticed === '') return fault;
  return { ...fault, where: { line: line + 1, column: (lines[line]?.length ?? 0) + 1 } };
}

function lineWithText(lines: readonly string[], at: number): number {
  for (let line = Math.min(at, lines.length - 1); line >= 0; line -= 1)
    if (/^\s*[^\s#]/.test(lines[line] ?? '')) return line;
  return -1;
}

function tableOf(lines: readonly string[], at: number): number | null {
  const header = lines.findLastIndex((line, place) => place <= at && isHeader(line));
  return header === -1 ? null : header + 1;
}

const isHeader = (line: string | undefined): boolean => /^\s*\[/.test(line ?? '');

function nextHeader(lines: readonly string[], from: number): number {
  const at = lines.findIndex((line, place) => place >= from && isHeader(line));
  return at === -1 ? lines.length : at;
}
