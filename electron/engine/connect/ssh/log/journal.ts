import { wallNow } from '../../../base/time';
import { believedTime } from '../../common/server-clock';
import type { LogItem } from '../../connection';

/** Bytes of an entry, longer than any a program writes. A stream without newlines must not fill the memory. */
const LONGEST_ENTRY = 1024 * 1024;
const MOST_PIECES = 1_000;
const LONGEST_CURSOR = 512;
/** Characters that are kept of a line: kanidmd's longest that says something is a twentieth of it. */
const LONGEST_TEXT = 4_000;
/** At the end of a line of which only the beginning was kept. */
export const CUT_MARK = ' … (cut)';

/** What `journalctl --output=json` prints, turned into lines, across chunks however they are cut. */
export class JournalReader {
  private rest: Buffer[] = [];
  private restSize = 0;

  /** @param unit with its suffix: `kanidmd.service`. */
  constructor(private readonly unit: string) {}

  /** The whole lines these bytes complete. A line that is too long or no entry comes out as a gap. */
  push(chunk: Buffer): LogItem[] {
    const items: LogItem[] = [];
    let begin = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, begin)) {
      const size = this.restSize + end - begin;
      const last = chunk.subarray(begin, end);
      const line = this.rest.length === 0 ? last : Buffer.concat([...this.rest, last]);
      this.rest = [];
      this.restSize = 0;
      begin = end + 1;
      const item =
        size > LONGEST_ENTRY
          ? ({
              kind: 'gap',
              reason: `journalctl printed an entry of ${size} bytes, which was left out.`,
            } as const)
          : readEntry(line, this.unit);
      if (item !== null) items.push(item);
    }
    const tail = chunk.subarray(begin);
    this.restSize += tail.length;
    if (this.restSize > LONGEST_ENTRY) this.rest = [];
    else if (tail.length > 0) this.rest.push(Buffer.from(tail));
    // A server may send a byte at a time, and each piece costs more than it holds.
    if (this.rest.length > MOST_PIECES) this.rest = [Buffer.concat(this.rest)];
    return items;
  }
}

/**
 * One entry. MESSAGE is a string, an array of byte values when the line has control characters (`kanidm.md`, "What commands print"), several
 * of either when the field was given twice, or null when it is longer than journalctl prints without `--all`.
 * @returns null for what is no entry: an empty line, journalctl's own remarks.
 */
export function readEntry(line: Buffer, unit: string): LogItem | null {
  const text = line.toString('utf8').trim();
  if (!text.startsWith('{')) return text === '' || text.startsWith('--') ? null : unreadable(text);
  let entry: unknown;
  try {
    entry = JSON.parse(text);
  } catch {
    return unreadable(text);
  }
  if (typeof entry !== 'object' || entry === null) return unreadable(text);
  const field = (name: string): unknown => Reflect.get(entry, name);
  const cursor = field('__CURSOR');
  const at = Number(field('__REALTIME_TIMESTAMP'));
  if (typeof cursor !== 'string' || cursor.length > LONGEST_CURSOR || !isTime(at)) return unreadable(text);
  return {
    kind: 'line',
    cursor,
    at,
    text: shortened(messageText(field('MESSAGE'))),
    source: isOwn(field, unit) ? 'kanidmd' : 'manager',
  };
}

/** When a cursor's entry was written, microseconds; null when the cursor does not say (`t=`, hexadecimal). */
export function cursorTime(cursor: string): number | null {
  const hex = /(?:^|;)t=([0-9a-f]{1,13})(?:;|$)/.exec(cursor)?.[1];
  return hex === undefined ? null : Number.parseInt(hex, 16);
}

/** The journal's times are whole microseconds since the epoch, never before it (sd_journal_get_realtime_usec(3)). */
const isTime = (at: number): boolean =>
  Number.isSafeInteger(at) && at >= 0 && believedTime(at / 1000, wallNow()) !== null;

/** systemd's lines about a unit carry `UNIT`, the unit's own `_SYSTEMD_UNIT` (`journal.json`). */
function isOwn(field: (name: string) => unknown, unit: string): boolean {
  const own = field('_SYSTEMD_UNIT');
  return own === undefined ? field('UNIT') === undefined : own === unit;
}

/** Of a field given twice its values, a line each; what is nested deeper is no message, for nobody writes it so. */
function messageText(message: unknown): string {
  if (!Array.isArray(message) || isBytes(message)) return oneMessage(message);
  return message.map(oneMessage).join('\n');
}

function oneMessage(message: unknown): string {
  if (typeof message === 'string') return message;
  if (message === null || message === undefined) return '(a line longer than journalctl prints)';
  if (Array.isArray(message) && isBytes(message)) return Buffer.from(message).toString('utf8');
  return '(a line that journalctl prints in an unknown form)';
}

const isBytes = (message: readonly unknown[]): boolean => message.every((byte) => typeof byte === 'number');

/** A copy of the beginning: a slice would keep the whole text in memory. */
const shortened = (text: string): string =>
  text.length > LONGEST_TEXT
    ? `${Buffer.from(text.slice(0, LONGEST_TEXT)).toString('utf8')}${CUT_MARK}`
    : text;

const unreadable = (text: string): LogItem => ({
  kind: 'gap',
  reason: `journalctl printed a line that is no entry: ${text.slice(0, 200)}`,
});
