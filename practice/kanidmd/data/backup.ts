import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Content } from './database';
import { ruvSchema } from './database';
import { compareMoments, momentAfter, withMoments, type Cid, type KnownChanges } from './cid';

const cidSchema = z.object({ s: z.string(), t: z.object({ secs: z.number(), nanos: z.number() }) });
const backupSchema = z.object({
  version: z.string(),
  db_s_uuid: z.string(),
  db_d_uuid: z.string(),
  db_ts_max: z.object({ secs: z.number(), nanos: z.number() }),
  keyhandles: z.record(z.string(), z.unknown()),
  repl_meta: z.object({ V1: z.object({ ruv: z.array(cidSchema) }) }),
  entries: z.array(
    z.object({
      ent: z.object({
        V3: z.object({
          changestate: z.object({
            V1Live: z.object({ at: cidSchema, changes: z.record(z.string(), cidSchema) }),
          }),
          attrs: z.record(z.string(), z.record(z.string(), z.unknown())),
        }),
      }),
    }),
  ),
});

/**
 * The database as a backup of the newest format holds it, before gzip.
 * @param content the whole database. Its certificate is left out: a real one lies there too, sealed.
 */
export function backupJson(content: Readonly<Content>): string {
  // Every change identifier that is known, in the order of time (measured, 1.10.5 and 1.11.1).
  const ruv: Cid[] = Object.entries(content.known)
    .flatMap(([s, moments]) => moments.map((t) => ({ s, t })))
    .sort((a, b) => compareMoments(a.t, b.t) || (a.s < b.s ? -1 : 1));
  const backup: z.infer<typeof backupSchema> = {
    version: series(content.version),
    db_s_uuid: content.serverUuid,
    db_d_uuid: content.domainUuid,
    db_ts_max: content.newest,
    keyhandles: {},
    repl_meta: { V1: { ruv } },
    entries: content.entries.map((entry) => ({
      ent: { V3: { changestate: { V1Live: { at: entry.at, changes: entry.changes } }, attrs: entry.attrs } },
    })),
  };
  return JSON.stringify(backup);
}

/** A backup on standard output, as `scripting backup` gives it without a path: packed, nothing written (measured). */
export const backupBytes = (content: Readonly<Content>): Uint8Array =>
  gzipSync(backupJson(content), { level: 9 });

/**
 * Writes a backup, packed or not whatever the name, mode 0644, never over an existing file (measured).
 * @param shape early releases pack none (read in their sources).
 * @returns undefined, or why it was not written. `scripting backup` does not tell.
 */
export function writeBackup(
  path: string,
  content: Readonly<Content>,
  shape: 'early' | 'modern',
): string | undefined {
  try {
    const text = backupJson(content);
    writeFileSync(path, shape === 'early' ? text : gzipSync(text), { flag: 'wx', mode: 0o644 });
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/**
 * Reads a backup for `database restore`: gzip only if the name ends in .gz, as the real program goes by the suffix; an early
 * one knows no gzip.
 * @param own what the database holds now; its certificate stays.
 * @returns the content to store, or why the backup is refused.
 */
export function readBackup(
  path: string,
  own: Readonly<Content>,
  now: Date,
  shape: 'early' | 'modern',
): Content | string {
  let value: unknown;
  try {
    const bytes = readFileSync(path);
    value = JSON.parse(
      (shape === 'modern' && path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'),
    );
  } catch (error) {
    return `Unable to read backup ${path}: ${String(error)}`;
  }
  const parsed = backupSchema.safeParse(value);
  if (!parsed.success) return `${path} is not a backup`;
  const backup = parsed.data;
  if (backup.version !== series(own.version))
    return `Backup is of series ${backup.version}, this server's is ${series(own.version)}`;
  const info = backup.entries.find(({ ent }) => 'domain_name' in ent.V3.attrs)?.ent.V3.attrs;
  const known: KnownChanges = {};
  for (const { s, t } of backup.repl_meta.V1.ruv) known[s] = withMoments(known[s] ?? [], [t]);
  const newest = Object.entries(known).flatMap(([s, moments]) => moments.slice(-1).map((t) => [s, t]));
  const ruv = ruvSchema.parse(Object.fromEntries(newest));
  return {
    ...own,
    serverUuid: backup.db_s_uuid,
    domainUuid: backup.db_d_uuid,
    domainName: firstText(info?.['domain_name']) ?? own.domainName,
    newest: momentAfter(now, backup.db_ts_max),
    ruv,
    known,
    entries: backup.entries.map(({ ent: { V3 } }) => ({
      uuid: firstText(V3.attrs['uuid']) ?? '',
      at: V3.changestate.V1Live.at,
      changes: V3.changestate.V1Live.changes,
      attrs: V3.attrs,
    })),
  };
}

/** `1.10` of `1.10.5`: a restore needs the same. */
function series(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

function firstText(values: Record<string, unknown> | undefined): string | undefined {
  const list = values ? Object.values(values)[0] : undefined;
  return Array.isArray(list) && typeof list[0] === 'string' ? list[0] : undefined;
}
