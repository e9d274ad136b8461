import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerId } from '../../../../shared/base/names';
import { type DeployRecord, openIntents } from './read-journal';
import type { JournalEntry } from './journal-entry';

export type Intent = Extract<JournalEntry, { kind: 'intent' }>;

/** What a deploy and its resumes did to one server. */
export interface Touched {
  readonly server: ServerId;
  /** Newest last. */
  readonly intents: readonly Intent[];
  /** The file before the first of them; null: none was written. */
  readonly original: string | null;
  /** SHA-256 of every file they wrote or meant to write. */
  readonly written: ReadonlySet<string>;
  /** The newest write, unless a restart after it is known to have ended well: no process may have read that file. */
  readonly unread: Intent | null;
  /** A refresh was begun, and nothing says how it ended. */
  readonly refreshing: boolean;
  /** When it was last written or begun to be. */
  readonly order: number;
}

/** Something was done to it, or begun, after which its pulls must be proved again. */
export const isAtWork = (it: Touched): boolean => it.intents.some(({ effect }) => effect !== 'backup');

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
): Promise<readonly Touched[]> {
  const servers = new Map<
    ServerId,
    {
      intents: Intent[];
      original: string | null;
      written: Set<string>;
      unread: Intent | null;
      order: number;
    }
  >();
  /** By server, the effect that was begun last. */
  const begun = new Map<ServerId, Intent['effect']>();
  let order = 0;
  const records = [...chain, ...rollbacks].sort((a, b) => (a.deploy < b.deploy ? -1 : 1));
  for (const record of records) {
    const undoes = rollbacks.includes(record);
    for (const entry of record.entries) {
      if (entry.kind === 'effect' && entry.well === true) {
        const it = servers.get(entry.server);
        const effect = begun.get(entry.server);
        if (it && (effect === 'restart' || effect === 'start')) it.unread = null;
      }
      if (entry.kind !== 'intent') continue;
      order += 1;
      const it = servers.get(entry.server) ?? {
        intents: [],
        original: null,
        written: new Set<string>(),
        unread: null,
        order,
      };
      servers.set(entry.server, it);
      if (!undoes) it.intents.push(entry);
      begun.set(entry.server, entry.effect);
      it.order = order;
      if (entry.effect !== 'write') continue;
      it.unread = entry;
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
  const open = new Set(
    chain.flatMap((it) =>
      openIntents(it).flatMap((intent) => (intent.effect === 'refresh' ? [intent.server] : [])),
    ),
  );
  return [...servers].map(([server, it]) => ({ ...it, server, refreshing: open.has(server) }));
}
