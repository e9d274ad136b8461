/** A line before it is in the journal. */
export interface JournalLine {
  /** `kanidmd`: printed by the service. `systemd`: said about it by the service manager. */
  readonly source: 'kanidmd' | 'systemd';
  /** The unit's name, `kanidmd.service`. */
  readonly unit: string;
  readonly pid: number;
  /** The unit's invocation id, 32 hex digits. */
  readonly invocationId: string;
  /** syslog's level: 3 error, 4 warning, 5 notice, 6 info. */
  readonly priority: number;
  /** Bytes where the line is not valid UTF-8. */
  readonly message: string | Buffer;
  /** The command line of the process, for lines of the service. */
  readonly commandLine: string;
}

/** A line in the journal. Times are microseconds, as journald's. */
export interface JournalEntry extends JournalLine {
  readonly number: number;
  readonly realtime: number;
  readonly monotonic: number;
  readonly bootId: string;
  /** The `x` of the cursor, 16 hex digits. */
  readonly check: string;
}

/** The cursor as journalctl prints it; `journal` is the journal's own id. */
export function cursorOf(entry: JournalEntry, journal: string): string {
  const hex = (value: number): string => value.toString(16);
  return `s=${journal};i=${hex(entry.number)};b=${entry.bootId};m=${hex(entry.monotonic)};t=${hex(entry.realtime)};x=${entry.check}`;
}

/** What a cursor says; null: it is not a cursor. */
export function parseCursor(cursor: string): { journal: string; number: number; realtime: number } | null {
  const parts = new Map<string, string>();
  for (const part of cursor.split(';')) {
    const [key, value] = part.split('=');
    if (!key || value === undefined || !/^[0-9a-f]+$/.test(value)) return null;
    parts.set(key, value);
  }
  const journal = parts.get('s');
  const number = parts.get('i');
  const realtime = parts.get('t');
  if (journal === undefined || number === undefined || realtime === undefined) return null;
  return { journal, number: parseInt(number, 16), realtime: parseInt(realtime, 16) };
}

/** journalctl writes null for a field of this size or more unless it is told `--all`. */
const LONGEST_SHOWN = 4096;

/**
 * The entry as `journalctl --output=json` prints it: the fields recorded from a real unit
 * (`kanidmd-1.10.5/journal.json`) that say something here.
 */
export function toJournalJson(entry: JournalEntry, cursor: string, showAll: boolean): string {
  const common = {
    __CURSOR: cursor,
    __REALTIME_TIMESTAMP: String(entry.realtime),
    __MONOTONIC_TIMESTAMP: String(entry.monotonic),
    _BOOT_ID: entry.bootId,
    PRIORITY: String(entry.priority),
    SYSLOG_FACILITY: '3',
    MESSAGE: field(entry.message, showAll),
  };
  const by =
    entry.source === 'kanidmd'
      ? {
          SYSLOG_IDENTIFIER: 'kanidmd',
          _TRANSPORT: 'stdout',
          _PID: String(entry.pid),
          _COMM: 'kanidmd',
          _CMDLINE: entry.commandLine,
          _SYSTEMD_UNIT: entry.unit,
          _SYSTEMD_INVOCATION_ID: entry.invocationId,
        }
      : {
          SYSLOG_IDENTIFIER: 'systemd',
          _TRANSPORT: 'journal',
          _PID: '1',
          _COMM: 'systemd',
          _SYSTEMD_UNIT: 'init.scope',
          UNIT: entry.unit,
          INVOCATION_ID: entry.invocationId,
        };
  return JSON.stringify({ ...common, ...by });
}

/** Text, an array of byte values when it holds control characters or is no UTF-8, or null when too long to show. */
function field(message: string | Buffer, showAll: boolean): string | number[] | null {
  const bytes = Buffer.from(message);
  if (!showAll && 'MESSAGE'.length + 1 + bytes.length >= LONGEST_SHOWN) return null;
  if (typeof message === 'string' && !/[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(message)) return message;
  return [...bytes];
}
