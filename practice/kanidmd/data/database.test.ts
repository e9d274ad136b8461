import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findVersion, type Version } from '../versions';
import { momentAfter } from './cid';
import { Database } from './database';
import { entryName, makePerson } from './entry';

const known = findVersion('1.10.5');
if (!known) throw new Error('1.10.5 is missing');
const version: Version = known;

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'practice-database-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(name: string): Database {
  const database = Database.open(path.join(folder, name), 'idm.example.com', version, new Date());
  if (typeof database === 'string') throw new Error(database);
  return database;
}
const person = (database: Database, name: string) =>
  database.write(new Date(), (cid) => makePerson(name, 'idm.example.com', cid));
const pull = (consumer: Database, supplier: Database) =>
  consumer.apply(supplier.changesSince(consumer.now.ruv), supplier.now.ruv, supplier.now.known);
const names = (database: Database) =>
  database.now.entries
    .map(entryName)
    .filter((one) => /^[xyz]/.test(one))
    .sort();

describe('a database', () => {
  it('is made with its own domain and server uuid and a couple of dozen entries', () => {
    const [a, b] = [open('a'), open('b')];
    expect(a.now.domainUuid).not.toBe(b.now.domainUuid);
    expect(a.now.entries.length).toBe(24);
    expect(a.now.entries.map((one) => one.uuid)).toEqual(b.now.entries.map((one) => one.uuid));
  });

  it('is the same after opening it again, and leaves no other file', () => {
    const a = open('a');
    person(a, 'x');
    const again = open('a');
    expect(again.fresh).toBe(false);
    expect(again.now).toEqual(a.now);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('refuses a file that is none, and leaves it as it is', () => {
    const file = path.join(folder, 'a');
    writeFileSync(file, '{"some":"thing"}');
    expect(Database.open(file, 'idm.example.com', version, new Date())).toMatch(/not a database/);
    expect(readFileSync(file, 'utf8')).toBe('{"some":"thing"}');
  });

  it('a refresh takes everything but the certificate, and makes another server of it', () => {
    const [a, b] = [open('a'), open('b')];
    person(a, 'x');
    person(b, 'y');
    b.setKeyCert({ certificate: 'own', key: 'own' });
    const own = b.now.serverUuid;
    b.replace(a.refreshData());
    expect(names(b)).toEqual(['x']);
    expect(b.now.domainUuid).toBe(a.now.domainUuid);
    expect(b.now.keyCert?.certificate).toBe('own');
    expect([own, a.now.serverUuid]).not.toContain(b.now.serverUuid);
  });

  it('changes travel both ways; nothing is sent twice', () => {
    const [a, b] = [open('a'), open('b')];
    b.replace(a.refreshData());
    person(a, 'x');
    person(b, 'y');
    expect(pull(b, a)).toBe(1);
    expect(pull(a, b)).toBe(1);
    expect(names(a)).toEqual(['x', 'y']);
    expect(pull(b, a)).toBe(0);
    expect(a.changesSince(b.now.ruv)).toEqual([]);
  });

  it('attribute by attribute, the last writer wins on both sides', () => {
    const [a, b] = [open('a'), open('b')];
    const entry = person(a, 'x');
    b.replace(a.refreshData());
    const rename = (database: Database, ms: number, attribute: string, value: string) =>
      database.write(new Date(Date.now() + ms), (cid) => {
        const found = database.now.entries.find((one) => one.uuid === entry.uuid) ?? entry;
        return {
          ...found,
          attrs: { ...found.attrs, [attribute]: { U8: [value] } },
          changes: { ...found.changes, [attribute]: cid },
        };
      });
    rename(a, 5_000, 'displayname', 'later');
    rename(b, 1_000, 'displayname', 'earlier');
    rename(b, 6_000, 'legalname', 'from b');
    pull(a, b);
    pull(b, a);
    for (const database of [a, b]) {
      const found = database.now.entries.find((one) => one.uuid === entry.uuid);
      expect(found?.attrs['displayname']).toEqual({ U8: ['later'] });
      expect(found?.attrs['legalname']).toEqual({ U8: ['from b'] });
    }
  });

  it("an older copy never asks for its own lost changes: a start's mark covers them", () => {
    const [a, b] = [open('a'), open('b')];
    b.replace(a.refreshData());
    const copy = readFileSync(path.join(folder, 'a'));
    person(a, 'x');
    pull(b, a);
    writeFileSync(path.join(folder, 'a'), copy);
    const older = open('a');
    older.anchor(new Date());
    expect(pull(older, b)).toBe(0);
    expect([names(older), names(b)]).toEqual([[], ['x']]);
  });

  it('moments only go forward', () => {
    const newest = { secs: 1795447875, nanos: 999_999_999 };
    expect(momentAfter(new Date(0), newest)).toEqual({ secs: 1795447876, nanos: 0 });
  });
});
