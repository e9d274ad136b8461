import { describe, expect, it } from 'vitest';
import type { ServerId } from '../../shared/base/names';
import type { DatabaseSummary } from '../../shared/compare/database-summary';
import type { Fleet } from '../../shared/fleet/model/fleet';
import { readFleet } from '../../shared/fleet/read/read-fleet';
import { consequenceOf, sizesInWords } from './pair-words';

const fleetOf = (ids: readonly string[], links = ''): Fleet => {
  const servers = ids.map(
    (id) =>
      `[[server]]\nid = "${id}"\nconnect = "ssh"\nendpoint = "ssh://${id}"\norigin = "repl://${id}.example.com:8444"\n`,
  );
  const { fleet } = readFleet(`version = 1\nname = "x"\n${servers.join('')}${links}`, null);
  if (!fleet) throw new Error('the fleet of a test must be readable');
  return fleet;
};
const ends = { supplier: 'idm-a' as ServerId, consumer: 'idm-b' as ServerId, mutual: true };
const summary: DatabaseSummary = {
  ...{ domain: 'b', people: 3, serviceAccounts: 1, groups: 2 },
  ...{ changedAt: '2026-11-20T10:15:00Z', at: '2026-11-29T08:00:00Z' },
};
const known = (domains: Readonly<Record<string, string>>, held: DatabaseSummary | null = null) => ({
  domainOf: (id: string) => domains[id] ?? null,
  summaryOf: (id: string) => (id === 'idm-b' ? held : null),
});
const two = fleetOf(['idm-a', 'idm-b']);

describe('what a link does to databases', () => {
  it('is nothing between servers of one domain', () => {
    const { tone, title } = consequenceOf(two, ends, known({ 'idm-a': 'a', 'idm-b': 'a' }));
    expect(tone).toBe('good');
    expect(title).toBe('idm-a and idm-b are in one domain already: nothing is erased.');
  });

  it('is said in numbers, once the database that goes was read', () => {
    const domains = { 'idm-a': 'a', 'idm-b': 'b' };
    const read = consequenceOf(two, ends, known(domains, summary));
    expect(read.tone).toBe('bad');
    expect(read.title).toBe('idm-b’s database is replaced with idm-a’s.');
    expect(read.text).toContain('3 people, 1 service account and 2 groups of idm-b are erased.');
    const one = consequenceOf(two, ends, known(domains, { ...summary, people: 0, groups: 0 }));
    expect(one.text).toMatch(/^1 service account of idm-b is erased\./);
    const none = { ...summary, people: 0, groups: 0, serviceAccounts: 0 };
    expect(consequenceOf(two, ends, known(domains, none)).text).toMatch(/^idm-b holds no people/);
    expect(consequenceOf(two, ends, known(domains)).text).toContain('read both databases');
  });

  it('names the servers behind it that are refreshed as well', () => {
    const links = '[[link]]\nsupplier = "idm-b"\nconsumer = "idm-c"\n';
    const fleet = fleetOf(['idm-a', 'idm-b', 'idm-c'], links);
    const { text } = consequenceOf(fleet, ends, known({ 'idm-a': 'a', 'idm-b': 'b', 'idm-c': 'b' }));
    expect(text).toContain('So is the data of idm-c.');
    const same = consequenceOf(fleet, ends, known({ 'idm-a': 'a', 'idm-b': 'a', 'idm-c': 'b' }));
    expect(same.tone).toBe('good');
  });

  it('claims nothing of a server whose domain is not known', () => {
    const { tone, title, text } = consequenceOf(two, ends, known({ 'idm-a': 'a' }));
    expect(tone).toBe('warn');
    expect(title).toMatch(/^If they are in different domains/);
    expect(text).toContain('Which domain idm-b is in is not known now.');
  });
});

it('bytes are told in three digits at most', () => {
  const told = [0, 1, 999, 2_035_712, 12_000_000, 1_500_000_000].map((it) => sizesInWords([['a', it]]));
  expect(told).toEqual(['a: 0 bytes', 'a: 1 byte', 'a: 999 bytes', 'a: 2.0 MB', 'a: 12 MB', 'a: 1.5 GB']);
});

it('sizes of two databases are said, and that one is not known', () => {
  const sizes = (a: number | null, b: number | null) =>
    sizesInWords([
      ['idm-a', a],
      ['idm-b', b],
    ]);
  expect(sizes(23_000, 20_000)).toBe('idm-a: 23 kB and idm-b: 20 kB');
  expect(sizes(23_000, null)).toBe('idm-a: 23 kB; the size of idm-b’s is not known');
  expect(sizes(null, null)).toBe('');
  expect(sizesInWords([['idm-b', 20_000]])).toBe('idm-b: 20 kB');
});
