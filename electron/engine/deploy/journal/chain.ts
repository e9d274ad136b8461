import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerId } from '../../../../shared/base/names';
import type { ObservedServer } from '../../../../shared/observed/observed';
import type { DeployRecord } from './read-journal';
import type { JournalEntry } from './journal-entry';

export type Intent = Extract<JournalEntry, { kind: 'intent' }>;

/** What a deploy and its resumes did to one server. */
export interface ServerActivity {
  readonly server: ServerId;
  /** Newest last. */
  readonly intents: readonly Intent[];
  /** The file before the first of them; null: none was written. */
  readonly original: string | null;
  /** SHA-256 of every file they wrote or meant to write. */
  readonly written: ReadonlySet<string>;
  /** The newest write, unless a restart after it is known to have ended well: no process may have read that file. */
  readonly unread: Intent | null;
  /** What was begun last of that write and of what starts and stops processes after it. */
  readonly brought: Intent | null;
  /** The newest refresh that is not known to have happened, unless a restart after it ended well: its request may wait. */
  readonly queued: Intent | null;
  /** When it was last written or begun to be. */
  readonly order: number;
}

/**
 * Whether the process that runs now was started after an effect was begun. The server's own words of both are compared,
 * for the journal's times are this computer's, whose clock may have been set since.
 * @returns false where it is not proved.
 */
export function isYounger({ process: before }: Intent, { facts }: ObservedServer): boolean {
  const now = facts?.service.process;
  return now !== undefined && before !== undefined && now !== before;
}

/** Something was done to it, or begun, after which its pulls must be proved again. */
export const isAtWork = (it: ServerActivity): boolean => it.intents.some(({ effect }) => effect !== 'backup');

/** A deploy with the resumes of it, oldest first: they share the id in the locks. */
export const chainOf = (of: DeployRecord, all: readonly DeployRecord[]): readonly DeployRecord[] =>
  all
    .filter((it) => it.header.lock === of.header.lock && it.header.purpose !== 'rollback')
    .sort((a, b) => (a.deploy < b.deploy ? -1 : 1));

/** Rollbacks of a deploy that did not get to their end, and may have written files too. */
export const rollbacksOf = (of: DeployRecord, all: readonly DeployRecord[]): readonly DeployRecord[] =>
  all.filter((it) => it.header.lock === of.header.lock && it.header.purpose === 'rollback');

/**
 * Gathers what was done to each server.
 * @param rollbacks what they wrote counts for what no process has read yet, and for nothing else.
 * @throws when a kept file is gone from the journal's folder.
 */
export async function touchedServers(
  chain: readonly DeployRecord[],
  rollbacks: readonly DeployRecord[] = [],
): Promise<readonly ServerActivity[]> {
  const servers = new Map<ServerId, Growing>();
  const records = [...chain, ...rollbacks].sort((a, b) => (a.deploy < b.deploy ? -1 : 1));
  let order = 0;
  for (const record of records) {
    const undoes = rollbacks.includes(record);
    for (const entry of record.entries) {
      if (entry.kind === 'effect' && entry.well === true) {
        const it = servers.get(entry.server);
        if (it?.begun === 'restart' || it?.begun === 'start') it.unread = it.brought = it.queued = null;
        // Older journals call one well that was not answered by "success".
        else if (it?.begun === 'refresh' && it.queued?.process !== undefined) it.queued = null;
      }
      if (entry.kind === 'done')
        for (const it of servers.values())
          if (it.queued?.step === entry.step && record.entries.includes(it.queued)) it.queued = null;
      if (entry.kind !== 'intent') continue;
      order += 1;
      const it = servers.get(entry.server) ?? untouched(entry.effect);
      servers.set(entry.server, it);
      if (!undoes) it.intents.push(entry);
      it.begun = entry.effect;
      it.order = order;
      if (it.unread !== null && ['restart', 'start', 'stop'].includes(entry.effect)) it.brought = entry;
      if (entry.effect === 'refresh') it.queued = entry;
      if (entry.effect !== 'write') continue;
      it.unread = it.brought = entry;
      if (!undoes && it.original === null && entry.before !== undefined)
        it.original = await readFile(join(record.folder, entry.before), 'utf8');
      if (entry.after !== undefined)
        it.written.add(
          createHash('sha256')
            .update(await readFile(join(record.folder, entry.after)))
            .digest('hex'),
        );
    }
  }
  return [...servers].map(([server, it]) => ({ ...it, server }));
}

/** `ServerActivity` as far as the journal was read. */
interface Growing extends Mutable<Omit<ServerActivity, 'server' | 'intents' | 'written'>> {
  readonly intents: Intent[];
  readonly written: Set<string>;
  /** The effect that was begun last. */
  begun: Intent['effect'];
}
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const untouched = (begun: Intent['effect']): Growing => ({
  ...{ intents: [], original: null, written: new Set(), order: 0, begun },
  ...{ unread: null, brought: null, queued: null },
});
