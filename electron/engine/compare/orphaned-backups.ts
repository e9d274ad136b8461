import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { kindOf } from '../../../shared/connect/kinds';
import type { FleetServer } from '../../../shared/fleet/model/fleet';
import type { ServerId } from '../../../shared/base/names';
import { type Problem, problemOf } from '../../../shared/base/problem';
import { type Result, fail, ok } from '../../../shared/base/result';
import { faultAt, type Site } from '../deploy/deployment/deployment';
import { writeDurably } from '../storage/durable';
import { lifeOf, lifeOfNumber, ownMark, processMark } from '../storage/process-mark';
import { uncancelled, wallNow } from '../base/time';

/** A scratch folder on a server that holds a backup for a moment; written down before the backup is begun. */
const scratchNote = z.object({
  /** The server as its fleet reaches it. */
  server: z.string(),
  id: z.string(),
  path: z.string(),
  host: z.string(),
  pid: z.number(),
  /** Older notes have its number alone. */
  process: processMark.exactOptional(),
  at: z.iso.datetime(),
});
type ScratchNote = z.output<typeof scratchNote> & { readonly file: string };

/**
 * Writes down that a folder on a server is about to hold a backup, so that a program that is killed meanwhile does not leave
 * every credential there unknown. `forget` once it is deleted.
 * @returns a fault when it cannot be written: then no backup is begun.
 */
export async function noteScratch(
  configDir: string,
  site: Site,
  path: string,
): Promise<Result<{ forget(): Promise<void> }>> {
  const folder = join(configDir, 'scratch');
  const file = join(folder, `${randomBytes(6).toString('hex')}.json`);
  const note: z.output<typeof scratchNote> = {
    ...{ server: keyOf(site.server), id: site.server.id, path },
    ...{ host: hostname(), pid: process.pid, process: await ownMark(configDir) },
    at: new Date(wallNow()).toISOString(),
  };
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeDurably(file, `${JSON.stringify(note)}\n`);
  } catch (error) {
    return fail({
      code: 'journal-unwritable',
      message: `Where the backup goes cannot be written down: ${error instanceof Error ? error.message : String(error)}`,
      fix: 'Make the folder writable or choose another one with --config-dir.',
      where: { file },
    });
  }
  live.add(file);
  return ok({
    forget: async () => {
      live.delete(file);
      await rm(file, { force: true });
    },
  });
}

/** Scratch folders of this very program that are in use. */
const live = new Set<string>();

/** What programs that were killed left on the servers of a fleet. */
async function orphanedBackups(
  configDir: string,
  servers: readonly FleetServer[],
): Promise<readonly ScratchNote[]> {
  const folder = join(configDir, 'scratch');
  const keys = new Set(servers.map(keyOf));
  const found: ScratchNote[] = [];
  for (const name of (await readdir(folder).catch(() => [])).sort()) {
    const file = join(folder, name);
    const read = await readFile(file, 'utf8')
      .then((text) => scratchNote.safeParse(JSON.parse(text)))
      .catch(() => null);
    if (!read?.success || !keys.has(read.data.server) || (await inUse(configDir, file, read.data))) continue;
    found.push({ ...read.data, file });
  }
  return found;
}

/** A program that cannot be asked whether it lives has its note on a shared disk, and the note is its own. */
async function inUse(configDir: string, file: string, note: z.output<typeof scratchNote>): Promise<boolean> {
  if (live.has(file)) return true;
  const life =
    note.process === undefined
      ? await lifeOfNumber(note.pid, note.host === hostname(), Date.parse(note.at))
      : await lifeOf(note.process, configDir);
  return life === 'unknown' || (life === 'alive' && note.pid !== process.pid);
}

/** The same, told: nothing is deleted by looking. */
export async function orphanedBackupProblems(
  configDir: string,
  servers: readonly FleetServer[],
): Promise<readonly Problem[]> {
  return (await orphanedBackups(configDir, servers)).map(({ id, path, at }) => ({
    severity: 'warning' as const,
    code: 'backup-left-behind',
    server: id,
    message: `A comparison was killed at ${at} and may have left a backup with every credential of ${id} in ${path}.`,
    fix: 'The next comparison or deploy deletes it: kanilink compare FLEET.',
    where: { server: id, file: path },
  }));
}

/**
 * Deletes what was left on the servers that can be reached, and says so; what cannot be deleted is told as a problem.
 * @param may asked before each server is touched: a deploy's lock on it is still its own. Absent: who asks takes no locks.
 */
export async function deleteOrphanedBackups(
  configDir: string,
  sites: ReadonlyMap<ServerId, Site>,
  say: (text: string) => void,
  may: (server: ServerId) => Promise<Result<void>> = () => Promise.resolve(ok(undefined)),
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const servers = [...sites.values()];
  for (const { server, id, path, file } of await orphanedBackups(
    configDir,
    servers.map((it) => it.server),
  )) {
    const site = servers.find((it) => keyOf(it.server) === server);
    if (!site) continue;
    const allowed = await may(site.server.id);
    const scratch = allowed.ok
      ? await site.connection.scratch({ ...uncancelled(60_000), again: path })
      : allowed;
    const removed = scratch.ok ? await scratch.value.remove(uncancelled(60_000)) : scratch;
    if (removed.ok) {
      await rm(file, { force: true });
      say(`Deleted ${path} on ${id}: a comparison that was killed had left it, with a backup or without.`);
    } else problems.push(problemOf({ ...faultAt(site, removed), code: 'backup-left-behind' }, 'warning'));
  }
  return problems;
}

/** How a server is reached: its id may change, another fleet file may name it. */
const keyOf = (server: FleetServer): string => `${server.endpoint} ${kindOf(server).unitName(server)}`;
