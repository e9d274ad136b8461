import {
  backupSuffix,
  databaseOf,
  isAbsolute,
  replicates,
} from '../../../../shared/observed/observed-config';
import type { BackupStep } from '../../../../shared/plan/steps/backup';
import { type Fault, type Result, fail, ok } from '../../../../shared/base/result';
import type { FileContent, FileStat } from '../../connect/connection';
import { type BackupValue, isPacked, LARGEST_BACKUP, streamBackup } from '../../compare/stream-backup';
import { uncancelled } from '../../base/time';
import { guardDrift } from '../guards/drift';
import { cancelled } from '../deployment/cancelled';
import { leftDown } from '../deployment/went-away';
import { effect } from '../deployment/effect';
import { guardErasures } from '../guards/guard-erasures';
import {
  type Deployment,
  faultAt,
  serverNow,
  type Site,
  siteOf,
  stepFailed,
  type StepResult,
} from '../deployment/deployment';
import { startService, stopService } from './service-effects';
import { waitHealthy } from '../guards/wait-healthy';

/** A line that carries less is not waited for. Bytes in a millisecond. */
const SLOWEST = 500;

/** Databases whose backup does not fit beside them are not worth starting. Bytes. */
const LEAST_FREE = 64 * 1024 * 1024;

/**
 * Backs a server's database up on the server, in a 0700 folder beside the database, and reads the backup back: the
 * command fails silently (`kanidm.md`, "scripting backup"), so only a backup that was read whole and holds the expected
 * domain counts.
 */
export async function backup(deployment: Deployment, step: BackupStep): Promise<StepResult> {
  const site = siteOf(deployment, step.server);
  const { connection, observed, server } = site;
  const where = { server: server.id };
  const dbPath = databaseOf(observed);
  const version = observed.versionOnDisk;
  const domain = observed.domain?.uuid;
  if (dbPath === null || !isAbsolute(dbPath) || version === null || domain === undefined)
    return stepFailed({
      ...unknownDatabase,
      where: { ...where, file: observed.file?.path ?? 'server.toml' },
    });
  const folder = `${dbPath.slice(0, dbPath.lastIndexOf('/'))}/kanilink-backups`;
  const path = `${folder}/${server.id}-${stamp(serverNow(site, deployment.clock))}${backupSuffix(observed)}`;
  const call = { signal: deployment.signal, timeoutMs: 60_000 };
  const drift = await guardDrift(deployment, site, call);
  if (drift !== null) return stepFailed(drift);
  if (deployment.signal.aborted) return stepFailed(cancelled(site.server.id));
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
  const written = await connection.stat(path, uncancelled(30_000));
  const size = written.ok ? (written.value?.size ?? 0) : 0;
  const patience = 300_000 + Math.min(size, LARGEST_BACKUP) / SLOWEST;
  const content = await connection.readFile(path, { ...uncancelled(patience), maxBytes: LARGEST_BACKUP });
  if (!content.ok) return stepFailed(whyNoContent(site, path, content.error));
  const database = await connection.stat(dbPath, uncancelled(30_000));
  const found = await domainOf(content.value.bytes, database.ok ? (database.value?.size ?? null) : null);
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

/** Before 1.9: only a stopped server can be backed up (`kanidm.md`, "scripting backup"). */
async function offline(
  deployment: Deployment,
  step: BackupStep,
  site: Site,
  path: string,
): Promise<Fault | null> {
  const { connection, observed } = site;
  // It is started again below, so the erase rules of a restart hold (`kanidm.md`, "Refresh erases", 3).
  const coming = { server: site.server.id, config: null, domain: null };
  const erases = await guardErasures(deployment, { erases: [] }, coming, uncancelled(60_000));
  if (erases !== null) return erases;
  const { asked, outcome: stopped } = await stopService(deployment, step, site);
  // Nothing was stopped, so nothing is to be started.
  if (!asked && !stopped.ok) return stopped.error;
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
  const { asked: begun, outcome: started } = await startService(deployment, step, site);
  if (!started.ok)
    return leftDown(
      site,
      started.error,
      `was stopped for its backup${output.ok ? ', which was written,' : ''} and ${begun ? 'did not start' : 'is not started'} again`,
    );
  deployment.restarted.set(site.server.id, since);
  const replication = replicates(observed);
  const unhealthy = await waitHealthy(deployment, site, since, replication);
  if (unhealthy !== null) return unhealthy;
  return output.ok ? null : faultAt(site, output);
}

/** Where it lies, how big it is, and who can read it: it holds every credential (`kanidm.md`, "scripting backup"). */
function inWords(path: string, { bytes, stat }: FileContent, folder: FileStat): string {
  const modes = `mode 0${stat.mode.toString(8)} in a 0${folder.mode.toString(8)} folder of uid ${folder.uid}`;
  const named = path.endsWith('.gz') === isPacked(bytes) ? '' : ` · ${otherSuffix(path)}`;
  return `${path} · ${bytes.length} bytes, read back · ${modes}: only ${folder.uid === 0 ? 'root' : `uid ${folder.uid} and root`} can read it${named}`;
}

/** A restore goes by the name: what is not as it says would be refused when it is needed most. */
const otherSuffix = (path: string): string =>
  path.endsWith('.gz')
    ? 'it is not packed: before you restore it, take .gz from its name'
    : 'it is packed: before you restore it, add .gz to its name';

/** The domain a backup holds, read to its end; whatever its entries look like, there are some. */
async function domainOf(bytes: Uint8Array, database: number | null): Promise<Result<string>> {
  let domain: unknown = null;
  let entries = 0;
  const { signal } = uncancelled(0);
  const take = ({ value, key }: BackupValue): null => {
    if (key === null) entries += 1;
    else domain = value;
    return null;
  };
  const streamed = await streamBackup(bytes, { database }, ['db_d_uuid'], take, signal);
  if (streamed.result === 'beyond-bounds') return fail({ ...beyondBounds, detail: streamed.why });
  if (streamed.result !== 'read')
    return fail({ ...unreadable, detail: 'why' in streamed ? streamed.why : '' });
  if (typeof domain !== 'string' || entries === 0)
    return fail({ ...unreadable, detail: 'it names no domain or has no entries' });
  return ok(domain.toLowerCase());
}

const unreadable: Fault = {
  code: 'backup-unreadable',
  message: 'The backup cannot be read back, so it is not one.',
  fix: 'Look at the server’s disk and log; nothing was erased.',
  where: {},
};

const beyondBounds: Fault = {
  code: 'backup-beyond-bounds',
  message:
    'The backup is larger than one of this database can be; it was not read to its end, so it does not count.',
  fix: 'See who writes the backups of this server: kanidmd writes no such file. Nothing was erased.',
  where: {},
};

/** `20261123T152407Z`: unique enough that no backup is ever written over. */
export const stamp = (ms: number): string =>
  // A server's clock may say anything; what no date can be becomes one all the same.
  new Date(Math.min(Math.max(Number.isFinite(ms) ? ms : 0, 0), LAST_DATE))
    .toISOString()
    .replace(/[-:.]/g, '');

/** The last moment of the year 9999. Milliseconds. */
const LAST_DATE = 253_402_300_799_999;

const unknownDatabase = {
  code: 'database-unknown',
  message:
    'Where this server keeps its database, its version or its domain is not known, so it cannot be backed up.',
  fix: 'Set a whole db_path in server.toml, one that begins with a slash, and make sure kanidmd answers `domain show`; nothing was erased.',
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

/** Why the file of a backup was not read: there is none, or it is too large, or something else came between. */
function whyNoContent(site: Site, path: string, why: Fault): Fault {
  const where = { server: site.server.id, file: path };
  if (why.code === 'no-such-file') return silent(site, path, why.message);
  if (why.code !== 'file-too-large') return { ...why, where: { ...where, ...why.where } };
  const most = `${LARGEST_BACKUP / 1024 / 1024} MiB`;
  return {
    code: 'backup-too-large',
    message: `The backup is there and larger than ${most}, more than Kanilink reads back, and one that was not read back does not count.`,
    fix: 'Refresh this server by hand, with a backup that you checked: kanilink plan FLEET --runbook FILE.md. Nothing was erased.',
    where,
  };
}

const silent = (site: Site, path: string, why: string): Fault => ({
  code: 'backup-failed',
  message: `kanidmd said nothing, and there is no backup to read: ${why}`,
  fix: 'Make sure that kanidmd may write into that folder; nothing was erased.',
  where: { server: site.server.id, file: path },
});
