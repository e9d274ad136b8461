import { posix } from 'node:path';
import { type Fault, type Result, fail } from '../../../shared/result';
import { supports } from '../../../shared/server-config/versions';
import type { Call } from '../connect/connection';
import { type Site, faultAt } from '../deploy/site';
import { uncancelled } from '../time';
import { noteScratch } from './left-behind';

/** A packed backup beyond this is not taken into memory. Bytes. */
const LARGEST = 256 * 1024 * 1024;
/** Left free beside a backup as large as the database itself. Bytes. */
const LEAST_FREE = 64 * 1024 * 1024;

/**
 * Takes an online backup of a server into memory. On the server it lies in a private folder beside the database, where
 * kanidmd itself may write, and is deleted before this returns, however it ends. A backup that could not be deleted is a
 * fault: it holds every credential. Where it lies is written down meanwhile: see `left-behind.ts`.
 */
export async function takeBackup(site: Site, configDir: string, call: Call): Promise<Result<Uint8Array>> {
  const unable = whyUnable(site);
  if (unable !== null) return fail(unable);
  const dbPath = databaseOf(site) ?? '';
  const scratch = await site.connection.scratch({ ...call, beside: posix.dirname(dbPath) });
  if (!scratch.ok) return fail(faultAt(site, scratch));
  const { path, remove } = scratch.value;
  const noted = await noteScratch(configDir, site, path);
  let taken: Result<Uint8Array> | null = noted.ok ? null : noted;
  try {
    taken ??= await backUp(site, dbPath, `${path}/compare.json.gz`, call);
  } finally {
    const removed = await remove(uncancelled(60_000));
    if (!removed.ok) taken = fail(leftBehind(site, path, removed.error));
    else if (noted.ok) await noted.value.forget();
  }
  return taken;
}

/** Why this server can't be asked for an online backup at all; null when it can. */
export function whyUnable(site: Site): Fault | null {
  const { observed, server } = site;
  const where = { server: server.id };
  if (observed.state !== 'running') return { ...notRunning, where };
  const version = observed.facts?.runningVersion ?? observed.versionOnDisk;
  if (version === null || databaseOf(site) === null) return { ...databaseUnknown, where };
  if (supports(version, 'online-backup')) return null;
  return {
    code: 'no-online-backup',
    message: `${server.id} runs Kanidm ${version}, which can be backed up only while it is stopped, so its data cannot be compared.`,
    fix: 'From 1.9 on a running server can be backed up.',
    where,
  };
}

/** The environment wins over the file (`kanidm.md`). */
const databaseOf = ({ observed }: Site): string | null =>
  observed.facts?.overrides['KANIDM_DB_PATH'] ?? observed.config?.dbPath ?? null;

async function backUp(site: Site, dbPath: string, path: string, call: Call): Promise<Result<Uint8Array>> {
  const { connection } = site;
  const [free, database] = await Promise.all([
    connection.freeSpace(posix.dirname(path), call),
    connection.stat(dbPath, call),
  ]);
  if (!free.ok) return fail(faultAt(site, free));
  const needed = LEAST_FREE + (database.ok ? (database.value?.size ?? 0) : 0);
  if (free.value !== null && free.value < needed) return fail(tooFull(site, dbPath, free.value));
  // Waited for though it is cancelled: a backup still being written could not be deleted for good.
  const output = await connection.kanidmd(['scripting', 'backup', path], uncancelled(300_000));
  if (!output.ok) return fail(faultAt(site, output));
  // The command fails silently (kanidm.md): only the file tells.
  const content = await connection.readFile(path, { ...call, maxBytes: LARGEST });
  if (content.ok) return { ok: true, value: content.value.bytes };
  if (content.error.code === 'file-too-large') return fail(tooLarge(site));
  return fail(
    content.error.code === 'no-such-file' ? silent(site, content.error.message) : faultAt(site, content),
  );
}

const notRunning = {
  code: 'server-stopped',
  message: 'Only a running server can be compared.',
  fix: 'Start kanidmd, then compare again.',
};

const databaseUnknown = {
  code: 'database-unknown',
  message: 'Where this server keeps its database, or its version, is not known, so it cannot be compared.',
  fix: 'Set db_path in server.toml, then compare again.',
};

const tooFull = (site: Site, file: string, free: number): Fault => ({
  code: 'disk-full',
  message: `Only ${Math.floor(free / 1024 / 1024)} MiB are free beside the database, too little for a backup; nothing is compared.`,
  fix: 'Make room, then compare again.',
  where: { server: site.server.id, file },
});

const tooLarge = (site: Site): Fault => ({
  code: 'backup-too-large',
  message: `${site.server.id}'s backup is larger than ${LARGEST / 1024 / 1024} MiB; it is not read into memory, so nothing is compared.`,
  fix: 'Rounds still tell whether replication works.',
  where: { server: site.server.id },
});

const silent = (site: Site, why: string): Fault => ({
  code: 'backup-failed',
  message: `kanidmd said nothing, and there is no backup to read: ${why}`,
  fix: 'See that kanidmd may write beside its database.',
  where: { server: site.server.id },
});

const leftBehind = (site: Site, path: string, why: Fault): Fault => ({
  code: 'backup-left-behind',
  message: `A backup with every credential of ${site.server.id} could not be deleted: ${why.message}`,
  fix: `Delete ${path} on ${site.server.id}.`,
  where: { server: site.server.id, file: path },
});
