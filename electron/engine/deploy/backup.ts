import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import type { BackupStep } from '../../../shared/plan/plan';
import { type Fault, type Result, fail, ok } from '../../../shared/result';
import type { FileContent, FileStat } from '../connect/connection';
import { uncancelled } from '../time';
import { whyDrifted } from './drift';
import { effect } from './effect';
import { whyErases } from './guard-erasures';
import { type Deployment, faultAt, serverNow, type Site, siteOf, stepFailed, type StepResult } from './site';
import { waitHealthy } from './wait-healthy';
import { cancelled } from './write-config';

/** A backup larger than this cannot be read back here, and an unread backup is none. Bytes. */
const LARGEST_BACKUP = 512 * 1024 * 1024;

/** Databases whose backup does not fit beside them are not worth starting. Bytes. */
const LEAST_FREE = 64 * 1024 * 1024;

/**
 * Backs a server's database up on the server, in a 0700 folder beside the database, and reads the backup back: the
 * command fails silently (`kanidm.md`, "scripting backup"), so only a backup that was unpacked and holds the expected
 * domain counts.
 */
export async function backup(deployment: Deployment, step: BackupStep): Promise<StepResult> {
  const site = siteOf(deployment, step.server);
  const { connection, observed, server } = site;
  const where = { server: server.id };
  // The environment wins over the file (`kanidm.md`).
  const dbPath = observed.facts?.overrides['KANIDM_DB_PATH'] ?? observed.config?.dbPath ?? null;
  const version = observed.versionOnDisk;
  const domain = observed.domain?.uuid;
  if (dbPath === null || version === null || domain === undefined)
    return stepFailed({
      ...unknownDatabase,
      where: { ...where, file: observed.file?.path ?? 'server.toml' },
    });
  const folder = `${dbPath.slice(0, dbPath.lastIndexOf('/')) || ''}/kanilink-backups`;
  const path = `${folder}/${server.id}-${stamp(serverNow(site, deployment.clock))}.json.gz`;
  const call = { signal: deployment.signal, timeoutMs: 60_000 };
  const drift = await whyDrifted(deployment, site, call);
  if (drift !== null) return stepFailed(drift);
  if (deployment.signal.aborted) return stepFailed(cancelled(site));
  const made = await effect(deployment, step, site, { effect: 'backup', path: folder }, () =>
    connection.makeFolder(folder, 0o700, call),
  );
  if (!made.ok) return stepFailed(made.error);
  const free = await connection.freeSpace(folder, call);
  if (!free.ok) return stepFailed(faultAt(site, free));
  if (free.value !== null && free.value < LEAST_FREE)
    return stepFailed({ ...tooFull(free.value), where: { ...where, file: folder } });

  deployment.say(step.id, `Backing up to ${path}`);
  const fault = step.stops
    ? await offline(deployment, step, site, path)
    : await online(deployment, step, site, path);
  if (fault !== null) return stepFailed(fault);
  const content = await connection.readFile(path, { ...uncancelled(300_000), maxBytes: LARGEST_BACKUP });
  if (!content.ok) return stepFailed(silent(site, path, content.error.message));
  const found = await domainOf(content.value.bytes);
  if (!found.ok) return stepFailed({ ...found.error, where: { ...where, file: path } });
  if (found.value !== domain)
    return stepFailed({ ...otherDomain(found.value, domain), where: { ...where, file: path } });
  const place = await connection.stat(folder, uncancelled(30_000));
  if (!place.ok) return stepFailed(faultAt(site, place));
  if (place.value === null || (place.value.mode & 0o077) !== 0)
    return stepFailed({ ...tooOpen, where: { ...where, file: folder } });
  deployment.backups.set(server.id, path);
  return { ok: true, note: inWords(path, content.value, place.value), backup: path };
}

/** 1.9 and later: the running server writes it. */
async function online(
  deployment: Deployment,
  step: BackupStep,
  site: Site,
  path: string,
): Promise<Fault | null> {
  const output = await effect(deployment, step, site, { effect: 'backup', path }, () =>
    site.connection.kanidmd(['scripting', 'backup', path], uncancelled(300_000)),
  );
  return output.ok ? null : faultAt(site, output);
}

/** Before 1.9: only a stopped server can be backed up (`kanidm.md`). */
async function offline(
  deployment: Deployment,
  step: BackupStep,
  site: Site,
  path: string,
): Promise<Fault | null> {
  const { connection, observed } = site;
  // It is started again below, so the erase rules of a restart hold (`kanidm.md`, "Refresh erases", 3).
  const coming = { server: site.server.id, config: null, domain: null };
  const erases = await whyErases(deployment, { erases: [] }, coming, uncancelled(60_000));
  if (erases !== null) return erases;
  const stopped = await effect(deployment, step, site, { effect: 'stop' }, () =>
    connection.service.stop(uncancelled(120_000)),
  );
  const output = stopped.ok
    ? await effect(
        deployment,
        step,
        site,
        { effect: 'backup', path },
        () => connection.kanidmd(['database', 'backup', path], uncancelled(300_000)),
        true,
      )
    : stopped;
  const since = serverNow(site, deployment.clock);
  const started = await connection.service.start(uncancelled(120_000));
  if (!started.ok) return faultAt(site, started);
  deployment.restarted.set(site.server.id, since);
  const replication = (observed.config?.replication ?? null) !== null;
  const unhealthy = await waitHealthy(deployment, site, since, replication);
  if (unhealthy !== null) return unhealthy;
  return output.ok ? null : faultAt(site, output);
}

/** Where it lies, how big it is, and who can read it: it holds every credential (`kanidm.md`). */
function inWords(path: string, { bytes, stat }: FileContent, folder: FileStat): string {
  const modes = `mode 0${stat.mode.toString(8)} in a 0${folder.mode.toString(8)} folder of uid ${folder.uid}`;
  return `${path} · ${bytes.length} bytes, read back · ${modes}: only ${folder.uid === 0 ? 'root' : `uid ${folder.uid} and root`} can read it`;
}

const backupShape = z.object({ db_d_uuid: z.string(), entries: z.array(z.unknown()).min(1) });

/** The domain a backup holds; the content is gzip whatever its name says (`kanidm.md`). */
async function domainOf(bytes: Uint8Array): Promise<Result<string>> {
  try {
    const plain = await promisify(gunzip)(bytes, { maxOutputLength: 8 * LARGEST_BACKUP });
    return ok(backupShape.parse(JSON.parse(plain.toString('utf8'))).db_d_uuid.toLowerCase());
  } catch (error) {
    return fail({
      code: 'backup-unreadable',
      message: 'The backup cannot be read back, so it is not one.',
      fix: 'Look at the server’s disk and log; nothing was erased.',
      detail: error instanceof Error ? error.message.slice(0, 300) : '',
      where: {},
    });
  }
}

/** `20261123T152407Z`: unique enough that no backup is ever written over. */
const stamp = (ms: number): string => new Date(ms).toISOString().replace(/[-:.]/g, '');

const unknownDatabase = {
  code: 'database-unknown',
  message:
    'Where this server keeps its database, its version or its domain is not known, so it cannot be backed up.',
  fix: 'Set db_path in server.toml and make sure kanidmd answers `domain show`; nothing was erased.',
};

const tooFull = (free: number) => ({
  code: 'disk-full',
  message: `Only ${Math.floor(free / 1024 / 1024)} MiB are free where the backup goes.`,
  fix: 'Make room, then deploy again; nothing was erased.',
});

const tooOpen = {
  code: 'folder-too-open',
  message: 'Others may enter the folder the backup went to, and it holds every credential.',
  fix: 'Close the folder, chmod 0700, then deploy again; nothing was erased.',
};

const otherDomain = (found: string, expected: string) => ({
  code: 'backup-of-another-domain',
  message: `The backup holds domain ${found}, but the database that was looked at is ${expected}.`,
  fix: 'Plan again and look at what this server holds; nothing was erased.',
});

const silent = (site: Site, path: string, why: string): Fault => ({
  code: 'backup-failed',
  message: `kanidmd said nothing, and there is no backup to read: ${why}`,
  fix: 'See that kanidmd may write into that folder; nothing was erased.',
  where: { server: site.server.id, file: path },
});
