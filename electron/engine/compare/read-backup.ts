import { createHash } from 'node:crypto';
import type { Backup, BackupEntry } from '../../../shared/compare/backup/backup';
import { noContents, withEntry } from '../../../shared/compare/backup/contents';
import { canonicalState, readEntry } from '../../../shared/compare/backup/read-entry';
import { headKeys, readHead } from '../../../shared/compare/backup/read-head';
import { type Fault, type Result, fail, ok } from '../../../shared/base/result';
import { type BackupValue, type Source, streamBackup } from './stream-backup';

/**
 * Reads a backup: unpacked and parsed piece by piece, so that of a big one only a digest per entry is held. Nothing of
 * it is written anywhere.
 * @param bytes the file, packed or not.
 * @param wanted entries to hold in full, by uuid; the others leave their state's digest only.
 * @param source how large the database is it was taken from.
 * @returns fault `backup-format-unknown` when anything in it has another form than the known one: then nothing may be
 * compared; `backup-unreadable` when it is cut, or no JSON; `backup-beyond-bounds` when it is larger than it can be.
 */
export async function readBackup(
  bytes: Uint8Array,
  wanted: ReadonlySet<string>,
  source: Source,
  signal: AbortSignal,
): Promise<Result<{ readonly backup: Backup; readonly entries: ReadonlyMap<string, BackupEntry> }>> {
  const states = new Map<string, string>();
  const entries = new Map<string, BackupEntry>();
  let contents = noContents;
  const head: Record<string, unknown> = {};
  const take = ({ value, key }: BackupValue): string | null => {
    if (key !== null) {
      head[key] = value;
      return null;
    }
    const entry = readEntry(value);
    if (entry === null) return `entry ${states.size + 1} has another form`;
    if (states.has(entry.uuid)) return `entry ${entry.uuid} is there twice`;
    states.set(entry.uuid, digestOf(entry));
    contents = withEntry(contents, entry);
    if (wanted.has(entry.uuid)) entries.set(entry.uuid, entry);
    return null;
  };
  const streamed = await streamBackup(bytes, source, headKeys, take, signal);
  switch (streamed.result) {
    case 'cancelled':
      return fail(cancelled);
    case 'beyond-bounds':
      return fail(beyondBounds(streamed.why));
    case 'unreadable':
      return fail(unreadable(streamed.why));
    case 'refused':
      return fail(otherFormat(streamed.why));
    case 'read':
  }
  const read = readHead(head);
  if (read === null) return fail(otherFormat('what it says of itself has another form'));
  if (states.size === 0) return fail(otherFormat('it has no entries'));
  return ok({ backup: { ...read, states, contents }, entries });
}

const digestOf = (entry: BackupEntry): string =>
  createHash('sha256').update(canonicalState(entry)).digest('base64');

const otherFormat = (detail: string): Fault => ({
  code: 'backup-format-unknown',
  message:
    'This Kanidm writes its backups in a form that Kanilink does not know, so it cannot read its data.',
  fix: 'Look for a newer Kanilink; rounds still tell whether replication works.',
  detail,
  where: {},
});

const unreadable = (detail: string): Fault => ({
  code: 'backup-unreadable',
  message: 'The backup cannot be read back.',
  fix: 'Look at the server’s disk and log.',
  detail,
  where: {},
});

const beyondBounds = (detail: string): Fault => ({
  code: 'backup-beyond-bounds',
  message: 'The backup is larger than one of this database can be; it was not read to its end.',
  fix: 'See who writes the backups of this server: kanidmd writes no such file.',
  detail,
  where: {},
});

const cancelled: Fault = {
  code: 'cancelled',
  message: 'Cancelled; nothing was read to its end.',
  fix: 'Ask again when you are ready.',
  where: {},
};
