import type { AdminAnswer, AdminAsk } from '../admin-protocol';
import type { Database } from './database';
import { entryClasses, entryName, makePerson, type Entry } from './entry';

/**
 * The practice-only requests: they stand for people working on the server through its web pages.
 * @returns undefined for a request of the real admin socket.
 */
export function answerPractice(ask: AdminAsk, database: Database, now: Date): AdminAnswer | undefined {
  if (ask.what === 'create-person') {
    if (find(database, ask.name)) return { answer: 'error' };
    database.write(now, (cid) => makePerson(ask.name, database.now.domainName, cid));
    return { answer: 'success' };
  }
  if (ask.what === 'rename-person') {
    const entry = find(database, ask.name);
    if (!entry) return { answer: 'error' };
    database.write(now, (cid) => ({
      ...entry,
      attrs: { ...entry.attrs, displayname: { U8: [ask.displayName] } },
      changes: { ...entry.changes, displayname: cid },
    }));
    return { answer: 'success' };
  }
  if (ask.what !== 'entries') return undefined;
  const { domainUuid, serverUuid, entries } = database.now;
  const list = entries.map((entry) => ({
    uuid: entry.uuid,
    name: entryName(entry),
    displayName: displayName(entry),
    classes: entryClasses(entry),
  }));
  return { answer: 'entries', domainUuid, serverUuid, entries: list };
}

function find(database: Database, name: string): Entry | undefined {
  return database.now.entries.find((entry) => entryName(entry) === name);
}

function displayName(entry: Entry): string {
  const values = entry.attrs['displayname']?.['U8'];
  return Array.isArray(values) && typeof values[0] === 'string' ? values[0] : '';
}
