import { type DatabaseSize, type DatabaseSummary, summaryOf } from '../../../shared/compare/database-summary';
import { whyUnreached } from '../base/why-unreached';
import type { FleetText } from '../../../shared/ipc';
import { databaseOf } from '../../../shared/observed/observed-config';
import { type Result, fail, ok } from '../../../shared/base/result';
import type { Call } from '../base/call';
import type { Clock } from '../base/time';
import { faultAt, type Site } from '../deploy/deployment/deployment';
import { noSuchServer } from '../fleet/helper-for';
import { fleetFrom, type Prober } from '../fleet/observe-fleet';
import { deleteOrphanedBackups } from './orphaned-backups';
import { readBackup } from './read-backup';
import { takeBackup, checkBackupPossible } from './take-backup';

/**
 * How large the database of one server is; no other server is asked.
 * @returns faults as `takeBackup` has them where no backup can be taken at all.
 */
export async function sizeOf(
  text: FleetText,
  id: string,
  prober: Prober,
  call: Call,
): Promise<Result<DatabaseSize>> {
  const site = await siteOf(text, id, prober, call);
  if (!site.ok) return site;
  const file = await site.value.connection.stat(databaseOf(site.value.observed) ?? '', call);
  return file.ok ? ok({ bytes: file.value?.size ?? null }) : fail(faultAt(site.value, file));
}

/**
 * What the database of one server holds, from an online backup of it; no other server is asked. The backup is read in memory
 * and forgotten.
 * @returns faults of `takeBackup` and `readBackup`.
 */
export async function summarise(
  text: FleetText,
  id: string,
  engine: { readonly prober: Prober; readonly clock: Clock; readonly configDir: string },
  call: Call & { readonly say?: (text: string) => void },
): Promise<Result<DatabaseSummary>> {
  const { prober, clock, configDir } = engine;
  const site = await siteOf(text, id, prober, call);
  if (!site.ok) return site;
  const { server } = site.value;
  const say = call.say ?? (() => undefined);
  for (const { message } of await deleteOrphanedBackups(configDir, new Map([[server.id, site.value]]), say))
    say(message);
  const at = clock.now();
  const taken = await takeBackup(site.value, configDir, call);
  if (!taken.ok) return taken;
  const read = await readBackup(taken.value.bytes, new Set(), taken.value, call.signal);
  return read.ok ? ok(summaryOf(read.value.backup, at)) : fail(faultAt(site.value, read));
}

/** The way to one server that an online backup can be taken of. */
async function siteOf(text: FleetText, id: string, prober: Prober, call: Call): Promise<Result<Site>> {
  const read = fleetFrom(text);
  if (!read.ok) return read;
  const server = read.value.fleet.servers.find((it) => it.id === id);
  if (!server) return fail(noSuchServer(id, text.path));
  const { observed, site } = await prober.observe(server, text.path, call);
  if (site === null) return fail(whyUnreached(id, observed.faults));
  const unable = checkBackupPossible(site);
  return unable === null ? ok({ ...site, server }) : fail(unable);
}
