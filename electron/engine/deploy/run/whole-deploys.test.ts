import { afterEach, describe, expect, it } from 'vitest';
import { type Before, FakeDeploys } from '../../../../test/support/fake-deploys';
import type { FakeLink } from '../../../../test/support/fake-fleet';
import { domainOfTest } from '../../../../test/support/fleet-fixtures';
import { readDeploys } from '../journal/read-journal';

/* Whole jobs, from plan to proof, by the real engine over servers in memory. */

const fresh = (domain: string): Before => ({ domain, tables: null });
const PAIR = { 'idm-a': fresh('a'), 'idm-b': fresh('b') };
const TRIANGLE = { ...PAIR, 'idm-c': fresh('c') };
const deployedPair: Readonly<Record<string, Before>> = {
  'idm-a': { domain: 'a', tables: ['idm-b mutual-pull'] },
  'idm-b': { domain: 'a', tables: ['idm-a mutual-pull'] },
};
const links = (...texts: readonly string[]): readonly FakeLink[] =>
  texts.map((it) => {
    const [supplier = '', consumer = '', ...more] = it.split(' ');
    return [supplier, consumer, ...more.map((word) => word.replace('=', ' = '))];
  });

let fleet: FakeDeploys | null = null;
afterEach(async () => {
  await fleet?.close();
  fleet = null;
});
const start = async (...args: Parameters<typeof FakeDeploys.of>): Promise<FakeDeploys> =>
  (fleet = await FakeDeploys.of(...args));

const mutual = (a: string, b: string) => [`${b} ← ${a}: replicating`, `${a} ← ${b}: replicating`];

describe('a whole deploy', () => {
  it('links a pair: only the named database goes, backed up before, and both pulls are proved', async () => {
    const it = await start(PAIR, links('idm-a idm-b'));
    const end = await it.deploy();
    expect(end, JSON.stringify(end.problems)).toMatchObject({ outcome: 'done' });
    expect(await it.health()).toEqual(mutual('idm-a', 'idm-b'));
    expect(it.replication.taken).toEqual([{ server: 'idm-b', from: 'idm-a', lost: domainOfTest('b') }]);
    const { asked } = it.server('idm-b');
    const backup = asked.findIndex((what) => what.startsWith('kanidmd scripting backup'));
    expect(backup).toBeGreaterThan(-1);
    expect(backup).toBeLessThan(asked.findIndex((what) => what.startsWith('kanidmd refresh')));
    expect(it.servers.map(({ lock }) => lock)).toEqual([null, null]);
    expect((await it.plan()).steps.map((step) => step.summary + step.diff)).toEqual([]);
    const [record] = (await readDeploys(it.configDir)).deploys;
    expect(record).toMatchObject({ state: 'finished', outcome: 'done', torn: false });
  });

  it('links three servers in a ring of pulls, nearest the primary first', async () => {
    const it = await start(TRIANGLE, links('idm-a idm-b', 'idm-a idm-c', 'idm-b idm-c'));
    const text = it.text.text.replace('id = "idm-c"\n', 'id = "idm-c"\nrefresh_from = "idm-a"\n');
    Object.assign(it, { text: { ...it.text, text } });
    const end = await it.deploy();
    expect(end, JSON.stringify(end.problems)).toMatchObject({ outcome: 'done' });
    expect((await it.health()).every((pull) => pull.endsWith('replicating'))).toBe(true);
    expect(it.replication.taken.map(({ server, from }) => `${server} from ${from}`)).toEqual([
      'idm-b from idm-a',
      'idm-c from idm-a',
    ]);
    expect((await it.plan()).steps.map((step) => step.summary + step.diff)).toEqual([]);
  });

  it('lets a server refresh itself by automatic_refresh', async () => {
    const it = await start(PAIR, links('idm-a idm-b mutual=false automatic_refresh=true'));
    const end = await it.deploy();
    expect(end, JSON.stringify(end.problems)).toMatchObject({ outcome: 'done' });
    expect(it.replication.taken).toMatchObject([{ server: 'idm-b', from: 'idm-a' }]);
    expect(it.server('idm-b').asked.some((what) => what.startsWith('kanidmd refresh'))).toBe(false);
    expect(await it.health()).toEqual(['idm-b ← idm-a: replicating']);
  });

  it('links servers that can be backed up only while they are stopped', async () => {
    const old = {
      'idm-a': { ...fresh('a'), version: '1.8.6' },
      'idm-b': { ...fresh('b'), version: '1.8.6' },
    };
    const it = await start(old, links('idm-a idm-b'));
    const end = await it.deploy();
    expect(end, JSON.stringify(end.problems)).toMatchObject({ outcome: 'done' });
    const { asked } = it.server('idm-b');
    const order = ['stop', 'kanidmd database backup', 'start', 'kanidmd refresh'].map((what) =>
      asked.findIndex((one) => one === what || one.startsWith(`${what} `) || one.startsWith(`${what}-`)),
    );
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(-1);
  });

  it.each(['1.10.5', '1.11.1'])('renews a certificate on %s and pins it on the partner', async (version) => {
    const before = Object.fromEntries(
      Object.entries(deployedPair).map(([id, one]) => [id, { ...one, version }]),
    );
    const it = await start(before, links('idm-a idm-b'));
    const old = it.server('idm-a').certificate;
    const end = await it.deploy({ kind: 'renew', server: 'idm-a' });
    expect(end, JSON.stringify(end.problems)).toMatchObject({ outcome: 'done' });
    expect(it.server('idm-a').certificate).not.toBe(old);
    expect(it.files()['idm-b']).toContain(it.server('idm-a').certificate);
    expect(await it.health()).toEqual(mutual('idm-a', 'idm-b'));
  });

  it('rolls the newest one back: the files are as they were, and nobody is erased', async () => {
    const it = await start(PAIR, links('idm-a idm-b'));
    const before = it.files();
    expect(await it.deploy()).toMatchObject({ outcome: 'done' });
    const taken = it.replication.taken.length;
    const [record] = (await readDeploys(it.configDir)).deploys;
    const end = await it.deploy({ kind: 'rollback', deploy: record?.deploy ?? null });
    expect(end, JSON.stringify(end.problems)).toMatchObject({ outcome: 'done' });
    expect(it.files()).toEqual(before);
    expect(it.replication.taken).toHaveLength(taken);
  });
});
