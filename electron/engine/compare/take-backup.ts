import { posix } from 'node:path';
import { databaseOf } from '../../../shared/observed/observed-config';
import { type Fault, type Result, fail } from '../../../shared/base/result';
import { supports } from '../../../shared/versions/versions';
import type { Call } from '../base/call';
import { type Site, faultAt } from '../deploy/deployment/deployment';
import { uncancelled } from '../base/time';
import { noteScratch } from './orphaned-backups';
import { LARGEST_BACKUP, type Source } from './stream-backup';

/** Left free beside a backup as large as the database itself. Bytes. */
const LEAST_FREE = 64 * 1024 * 1024;

/** A backup in memory, and how large the database was that it is of. */
export interface Taken extends Source {
  readonly bytes: Uint8Array;
}

/**
 * Takes an online backup of a server into memory. On the server it lies in a private folder beside the database, where
 * kanidmd itself may write, and is deleted before this returns, however it ends. A backup that could not be deleted is a
 * fault: it holds every credential. Where it lies is written down meanwhile: see `orphaned-backups.ts`.
 */
export async function takeBackup(site: Site, configDir: string, call: Call): Promise<Result<Taken>> {
  const unable = checkBackupPossible(site);
  if (unable !== null) return fail(unable);
  const dbPath = databaseOf(site.observed) ?? '';
  const scratch = await site.connection.scratch({ ...call, beside: posix.dirname(dbPath) });
  if (!scratch.ok) return fail(faultAt(site, scratch));
  const { path, remove } = scratch.value;
  const noted = await noteScratch(configDir, site, path);
  let taken: Result<Taken> | null = noted.ok ? null : noted;
  try {
    taken ??= await backUp(site, dbPath, `${path}/compare.json.gz`, call);
  } finally {
    const removed = await remove(uncancelled(60_000));
    if (!removed.ok) taken = fail(backupOrphaned(site, path, removed.error));
    else if (noted.ok) await noted.value.forget();
  }
  return taken;
}

/** Why this server can't be asked for an online backup at all; null when it can. */
export function checkBackupPossible(site: Site): Fault | null {
  const { observed, server } = site;
  const where = { server: server.id };
  if (observed.state !== 'running') return { ...notRunning, where };
  const running = observed.facts?.runningVersion ?? null;
  const version = running ?? observed.versionOnDisk;
  if (running !== null && observed.versionOnDisk !== null && running !== observed.versionOnDisk)
    return { ...pending(server.id, running, observed.versionOnDisk), where };
  if (version === null || databaseOf(observed) === null) return { ...databaseUnknown, where };
  if (supports(version, 'online-backup')) return running === null ? { ...unproved(site), where } : null;
  return {
    code: 'no-online-backup',
    message: `${server.id} runs Kanidm ${version}, which can be backed up only while it is stopped, so its data cannot be read.`,
    fix: 'From 1.9 on a running server can be backed up.',
    where,
  };
}

/** A program of another version than the one that runs would bring the database to its own form. */
const pending = (id: string, running: string, onDisk: string): Omit<Fault, 'where'> => ({
  code: 'version-pending',
  message: `Kanidm ${running} runs, and ${onDisk} is on the disk: its database is not opened with that.`,
  fix: `Restart ${id} to finish the upgrade.`,
});

/** Only the version that runs may open the database, and which one does is not always known. */
function unproved({ observed, server }: Site): Omit<Fault, 'where'> {
  const [why, fix] =
    observed.log === null
      ? ['its log cannot be read', 'Make its log readable']
      : (observed.facts?.startedAt ?? null) === null
        ? ['when it started is not known', `Restart ${server.id} when it suits you`]
        : [
            'its log, as far as it was read, does not reach back to its start',
            `Restart ${server.id} when it suits you`,
          ];
  return {
    code: 'version-unknown',
    message: `Which version runs is not known: ${why}.`,
    fix: `${fix}; until then its database is not read.`,
  };
}

async function backUp(site: Site, dbPath: string, path: string, call: Call): Promise<Result<Taken>> {
  const { connection } = site;
  const [free, database] = await Promise.all([
    connection.freeSpace(posix.dirname(path), call),
    connection.stat(dbPath, call),
  ]);
  if (!free.ok) return fail(faultAt(site, free));
  const size = database.ok ? (database.value?.size ?? null) : null;
  const needed = LEAST_FREE + (size ?? 0);
  if (free.value !== null && free.value < needed) return fail(tooFull(site, dbPath, free.value));
  // Waited for though it is cancelled: a backup still being written could not be deleted for good.
  const output = await connection.kanidmd(['scripting', 'backup', path], uncancelled(300_000));
  if (!output.ok) return fail(faultAt(site, output));
  // The command fails silently (`kanidm.md`, "scripting backup"): only the file tells.
  const content = await connection.readFile(path, { ...call, maxBytes: LARGEST_BACKUP });
  if (content.ok) return { ok: true, value: { bytes: content.value.bytes, database: size } };
  if (content.error.code === 'file-too-large') return fail(tooLarge(site));
  return fail(
    content.error.code === 'no-such-file' ? silent(site, content.error.message) : faultAt(site, content),
  );
}

const notRunning = {
  code: 'server-stopped',
  message: 'Only the data of a running server can be read.',
  fix: 'Start kanidmd, then try again.',
};

const databaseUnknown = {
  code: 'database-unknown',
  message: 'Where this server keeps its database, or its version, is not known, so its data cannot be read.',
  fix: 'Set db_path in server.toml, then try again.',
};

const tooFull = (site: Site, file: string, free: number): Fault => ({
  code: 'disk-full',
  message: `Only ${Math.floor(free / 1024 / 1024)} MiB are free beside the database, too little for a backup, so its data was not read.`,
  fix: 'Make room, then try again.',
  where: { server: site.server.id, file },
});

const tooLarge = (site: Site): Fault => ({
  code: 'backup-too-large',
  message: `${site.server.id}’s backup is larger than ${LARGEST_BACKUP / 1024 / 1024} MiB; it is not read into memory.`,
  fix: 'Rounds still tell whether replication works.',
  where: { server: site.server.id },
});

const silent = (site: Site, why: string): Fault => ({
  code: 'backup-failed',
  message: `kanidmd said nothing, and there is no backup to read: ${why}`,
  fix: 'Make sure that kanidmd may write beside its database.',
  where: { server: site.server.id },
});

const backupOrphaned = (site: Site, path: string, why: Fault): Fault => ({
  code: 'backup-left-behind',
  message: `A backup with every credential of ${site.server.id} could not be deleted: ${why.message}`,
  fix: `Delete ${path} on ${site.server.id}.`,
  where: { server: site.server.id, file: path },
});
