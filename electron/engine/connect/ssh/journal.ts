import type { LogItem } from '../connection';

/** One line of a unit's journal. */
export type JournalLine = Extract<LogItem, { kind: 'line' }>;

/** Longer than any line a program prints; a stream without newlines must not fill the memory. */
const LONGEST_LINE = 4 * 1024 * 1024;

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
      const line = Buffer.concat([...this.rest, chunk.subarray(begin, end)]);
      this.rest = [];
      this.restSize = 0;
      begin = end + 1;
      const item = readEntry(line, this.unit);
      if (item !== null) items.push(item);
    }
    const tail = chunk.subarray(begin);
    this.restSize += tail.length;
    if (this.restSize > LONGEST_LINE) this.rest = [];
    else if (tail.length > 0) this.rest.push(Buffer.from(tail));
    return items;
  }
}

/**
 * One entry. MESSAGE is a string, an array of byte values when the line has control characters (`electron.md`), several
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
  if (typeof cursor !== 'string' || !Number.isSafeInteger(at)) return unreadable(text);
  return {
    kind: 'line',
    cursor,
    at,
    text: messageText(field('MESSAGE')),
    source: isOwn(field, unit) ? 'kanidmd' : 'manager',
  };
}

/** When a cursor's entry was written, microseconds; null when the cursor does not say (`t=`, hexadecimal). */
export function cursorTime(cursor: string): number | null {
  const hex = /(?:^|;)t=([0-9a-f]{1,13})(?:;|$)/.exec(cursor)?.[1];
  return hex === undefined ? null : Number.parseInt(hex, 16);
}

/** systemd's lines about a unit carry `UNIT`, the unit's own `_SYSTEMD_UNIT` (`journal.json`). */
function isOwn(field: (name: string) => unknown, unit: string): boolean {
  const own = field('_SYSTEMD_UNIT');
  return own === undefined ? field('UNIT') === undefined : own === unit;
}

function messageText(message: unknown): string {
  if (typeof message === 'string') return message;
  if (message === null || message === undefined) return '(a line longer than journalctl prints)';
  if (!Array.isArray(message)) return String(message);
  if (message.every((byte) => typeof byte === 'number')) return Buffer.from(message).toString('utf8');
  return message.map(messageText).join('\n');
}

const unreadable = (text: string): LogItem => ({
  kind: 'gap',
  reason: `journalctl printed a line that is no entry: ${text.slice(0, 200)}`,
});
