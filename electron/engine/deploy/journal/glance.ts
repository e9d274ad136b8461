import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { UnreadDeploy } from '../../../../shared/plan/model/history';
import { wallNow } from '../../base/time';
import { JOURNAL_FILE } from './journal';
import { jsonOf } from '../../base/json';
import { errorCode } from '../../base/error-code';

/** A person's word that a deploy does not run any more, beside its journal. */
const NOT_RUNNING = 'not-running';

/** A deploy whose journal this program cannot read: damaged, or written by a newer Kanilink. */
export interface Unread extends UnreadDeploy {
  /** Whose it was; null: that cannot be read either. */
  readonly fleet: { readonly path: string | null; readonly name: string } | null;
}

/** What every format says alike, each part by itself. */
const head = z.object({
  kind: z.literal('deploy'),
  at: z.iso.datetime().nullable().catch(null),
  format: z.number().nullable().catch(null),
  who: z.string().nullable().catch(null),
  host: z.string().nullable().catch(null),
  fleet: z.object({ path: z.string().nullable(), name: z.string() }).nullable().catch(null),
});
const end = z.object({ kind: z.enum(['finished', 'settled']), outcome: z.string().nullable().catch(null) });

/**
 * What can still be told of a journal that cannot be read: whose it is, who began it and when, how it ended, and whether it
 * may have left something half done. Nothing of it is trusted beyond that.
 * @returns null when there is nothing to tell: no whole line, and then nothing was begun, for its first line is on the disk
 * before anything else happens.
 */
export async function glanceAt(deploy: string, folder: string): Promise<Unread | null> {
  const nothing = { deploy, folder, format: null, at: null, who: null, host: null, fleet: null };
  const said = await saidNotRunning(folder);
  let text: string;
  try {
    text = await readFile(join(folder, JOURNAL_FILE), 'utf8');
  } catch (error) {
    const gone = errorCode(error) === 'ENOENT';
    return gone ? null : { ...nothing, outcome: null, over: said };
  }
  if (!text.includes('\n')) return null;
  const [first, ...others] = text.split('\n').map((line) => jsonOf(line));
  const ends = others.flatMap((line) => {
    const read = end.safeParse(line);
    return read.success ? [read.data] : [];
  });
  const read = head.safeParse(first);
  const { kind: _kind, ...known } = read.success ? read.data : { ...nothing, kind: 'deploy' as const };
  const outcome = ends.find((it) => it.outcome !== null)?.outcome ?? null;
  return { ...nothing, ...known, outcome, over: said || ends.length > 0 };
}

/** Whether a person said that a deploy does not run. */
export const saidNotRunning = (folder: string): Promise<boolean> =>
  access(join(folder, NOT_RUNNING)).then(
    () => true,
    () => false,
  );

/** Keeps a person's word that a deploy does not run, for what cannot be known here. */
export const sayNotRunning = (folder: string, who: string): Promise<void> =>
  writeFile(join(folder, NOT_RUNNING), `${who} ${new Date(wallNow()).toISOString()}\n`, { mode: 0o600 });
