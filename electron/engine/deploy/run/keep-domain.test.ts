import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fakeServer, fakeSite } from '../../../../test/support/fake-deployment';
import { domainAs } from '../../../../test/support/fake-replication';
import { domainOfTest } from '../../../../test/support/fleet-fixtures';
import { systemClock } from '../../base/time';
import { keepDomain } from './keep-domain';
import { inOwnFolder } from '../../../../test/support/own-folder';

let folder: string;
let path: string;
inOwnFolder('domain', (made) => {
  folder = made;
  path = join(folder, 'fleet.toml');
});

const server = (id: string): string =>
  `[[server]]\nid = "${id}"\nconnect = "ssh"\nendpoint = "ssh://admin@${id}.example.com"\n\n`;
const FLEET = `version = 1\nname = "Test"\n\n${server('idm-a')}${server('idm-b')}[[link]]\nsupplier = "idm-a"\nconsumer = "idm-b"\n`;

/** After a deploy of this text, while that text is on disk. */
async function kept(text: string, disk: string, reachable = true, now = 'a') {
  await writeFile(path, disk);
  const server = fakeServer('idm-a', []);
  const site = await fakeSite(server);
  server.domain = domainAs(now);
  const sites = new Map(reachable ? [[site.server.id, site]] : []);
  return { told: await keepDomain({ path, text }, sites, systemClock), disk: await readFile(path, 'utf8') };
}

it('writes the primary’s domain into the fleet file, and nothing else', async () => {
  const { told, disk } = await kept(FLEET, FLEET);
  expect(told).toMatchObject({ kind: 'fleet-file', path, text: disk, domain: domainOfTest('a') });
  expect(disk.replace(/domain_uuid = "aaaaaaaa-.*"\n/, '')).toBe(FLEET);
  // Written already, as by another program that deployed the same text.
  expect((await kept(FLEET, disk)).told).toMatchObject({ kind: 'fleet-file' });
});

it('writes none over one, or where the primary is not known or was not reached', async () => {
  const other = FLEET.replace('name =', `domain_uuid = "${domainOfTest('b')}"\nname =`);
  const open = FLEET.replace(/\[\[link\]\][^]*/, '');
  for (const text of [other, open]) expect(await kept(text, text)).toEqual({ told: null, disk: text });
  expect(await kept(FLEET, FLEET, false)).toEqual({ told: null, disk: FLEET });
});

it('writes no domain but the one that the deploy was planned from', async () => {
  const { told, disk } = await kept(FLEET, FLEET, true, 'f');
  expect(disk).toBe(FLEET);
  expect(told).toMatchObject({
    code: 'domain-not-kept',
    message: expect.stringContaining(domainOfTest('f')),
    fix: expect.stringContaining('idm-a holds'),
  });
});

it('leaves a file alone that was changed since, and says so', async () => {
  const changed = `${FLEET}# by somebody else\n`;
  expect(await kept(FLEET, changed)).toMatchObject({
    told: { severity: 'warning', code: 'domain-not-kept', where: { file: path } },
    disk: changed,
  });
});

it('writes nothing where the domain is not known for certain: then, or now', async () => {
  await writeFile(path, FLEET);
  const server = fakeServer('idm-a', []);
  const gone = { fails: { code: 'gone', message: '', fix: '', where: {} } };
  let silent = false;
  const site = await fakeSite(server, (asked) => (silent && asked.includes('domain show') ? gone : null));
  const told = (observed = site.observed, file: string | null = path) =>
    keepDomain({ path: file, text: FLEET }, new Map([[site.server.id, { ...site, observed }]]), systemClock);
  expect(await told({ ...site.observed, domain: null })).toBeNull();
  // A file that lies nowhere cannot be written.
  expect(await told(undefined, null)).toBeNull();
  silent = true;
  expect(await told()).toBeNull();
  expect(await readFile(path, 'utf8')).toBe(FLEET);
});
