import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { JSONParser } from '@streamparser/json';
import type { Backup, BackupEntry } from '../../../shared/kanidmd/backup/backup';
import { noContents, withEntry } from '../../../shared/kanidmd/backup/contents';
import { canonicalState, readEntry } from '../../../shared/kanidmd/backup/read-entry';
import { headKeys, readHead } from '../../../shared/kanidmd/backup/read-head';
import { type Fault, type Result, fail, ok } from '../../../shared/result';

/** Beyond this a backup's text is not read to its end. Bytes. */
const LARGEST_TEXT = 16 * 1024 * 1024 * 1024;

/**
 * Reads a backup: unpacked and parsed piece by piece, so that of a big one only a digest per entry is held. Nothing of
 * it is written anywhere.
 * @param bytes the file, gzip whatever its name (`kanidm.md`).
 * @param wanted entries to hold in full, by uuid; the others leave their state's digest only.
 * @returns fault `backup-format-unknown` when anything in it has another form than the known one: then nothing may be
 * compared; `backup-unreadable` when it is cut or no gzip.
 */
export async function readBackup(
  bytes: Uint8Array,
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Result<{ readonly backup: Backup; readonly entries: ReadonlyMap<string, BackupEntry> }>> {
  const states = new Map<string, string>();
  const entries = new Map<string, BackupEntry>();
  let contents = noContents;
  const head: Record<string, unknown> = {};
  let unknown: string | null = null;
  const parser = new JSONParser({
    paths: [...headKeys.map((key) => `$.${key}`), '$.entries.*'],
    keepStack: false,
  });
  parser.onValue = ({ value, key, stack }) => {
    if (stack.length === 1 && typeof key === 'string') head[key] = value;
    if (stack.length !== 2) return;
    const entry = readEntry(value);
    if (entry === null) unknown ??= `entry ${states.size + 1} has another form`;
    else if (states.has(entry.uuid)) unknown ??= `entry ${entry.uuid} is there twice`;
    else {
      states.set(entry.uuid, digestOf(entry));
      contents = withEntry(contents, entry);
      if (wanted.has(entry.uuid)) entries.set(entry.uuid, entry);
    }
  };
  try {
    let size = 0;
    for await (const chunk of Readable.from([bytes]).pipe(createGunzip())) {
      if (signal.aborted) return fail(cancelled);
      const piece = chunk as Uint8Array;
      size += piece.length;
      if (size > LARGEST_TEXT) return fail(unreadable('it is larger than 16 GiB unpacked'));
      if (!parser.isEnded) parser.write(piece);
      if (unknown !== null) return fail(otherFormat(unknown));
    }
    if (!parser.isEnded) return fail(unreadable('it ends in the middle'));
  } catch (error) {
    // gunzip and the parser throw on what is not gzip or not JSON.
    return fail(unreadable(error instanceof Error ? error.message.slice(0, 200) : 'it cannot be read'));
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
  message: 'This Kanidm writes its backups in a form that Kanilink does not know, so it cannot compare them.',
  fix: 'Look for a newer Kanilink; rounds still tell whether replication works.',
  detail,
  where: {},
});

const unreadable = (detail: string): Fault => ({
  code: 'backup-unreadable',
  message: 'The backup cannot be read back, so nothing is compared.',
  fix: 'Look at the server’s disk and log.',
  detail,
  where: {},
});

const cancelled: Fault = {
  code: 'cancelled',
  message: 'Cancelled; nothing was compared.',
  fix: 'Compare again when you are ready.',
  where: {},
};
