import { describe, expect, it } from 'vitest';
import { recordOfTest } from '../../../../test/support/past-deploy';
import { type ServerId, stepId, trusted } from '../../../../shared/base/names';
import type { JournalEntry } from '../journal/journal-entry';
import type { FleetServer } from '../../../../shared/fleet/model/fleet';
import type { ObservedServer } from '../../../../shared/observed/observed';
import type { ObservedFleet } from '../../fleet/observe-fleet';
import type { DeployRecord } from '../journal/read-journal';
import { stepOfTest } from '../../../../test/support/steps-of-test';
import { refreshNotUndone } from './refresh-not-undone';

const at = '2026-11-26T05:00:00.000Z';
const steps = [stepOfTest('backup'), stepOfTest('refresh', { id: '2' })];
const backup = '/data/kanilink-backups/idm-b-1.json.gz';
const record = {
  header: { steps },
  entries: [
    { kind: 'done', step: '1', note: '', backup, at },
    { kind: 'intent', step: '2', server: 'idm-b', effect: 'refresh', at },
  ],
} as unknown as DeployRecord;
const restoreOf = (server: object, facts: object): string | undefined => {
  const fleet = {
    fleet: { servers: [{ id: 'idm-b', ...server }] as unknown as FleetServer[] },
    observed: [{ id: 'idm-b', versionOnDisk: '1.10.5', facts }] as unknown as ObservedServer[],
  } as unknown as ObservedFleet;
  return refreshNotUndone(record, fleet)[0]?.fix;
};

it('says in exact commands how the backup of a refreshed server is restored, for who runs it', () => {
  const ssh = { connect: 'ssh', service: 'kanidmd', sudo: true, kanidmd: '/usr/sbin/kanidmd' };
  expect(restoreOf(ssh, { configPath: '/etc/kanidm/server.toml' })?.split('\n').slice(1)).toEqual([
    '  sudo systemctl stop kanidmd',
    expect.stringContaining('# see that /etc/kanidm/server.toml has no table for idm-a'),
    `  sudo /usr/sbin/kanidmd database restore ${backup} -c /etc/kanidm/server.toml`,
    '  sudo systemctl start kanidmd',
  ]);
  const container = { image: 'kanidm/server:1.10.5', unit: null };
  const docker = { connect: 'docker', container: 'idm-b', endpoint: 'unix:///var/run/docker.sock' };
  const lines = restoreOf(docker, { configPath: '/data/server.toml', container })?.split('\n') ?? [];
  expect(lines[0]).toContain('of the same minor version (1.10.5)');
  expect(lines[1]).toMatch(/^ {2}docker -H \S+ stop idm-b$/);
  expect(lines[3]).toMatch(
    /run --rm --network none --volumes-from idm-b .*kanidm\/server:1\.10\.5 database restore \S+idm-b-1\.json\.gz -c \/data\/server\.toml$/,
  );
  expect(lines[4]).toMatch(/^ {2}docker -H \S+ start idm-b$/);
});

it('names the server.toml of the fleet file where the server does not say it, else the one of its kind', () => {
  const docker = { connect: 'docker', container: 'idm-b', endpoint: 'unix:///var/run/docker.sock' };
  expect(restoreOf({ ...docker, config: '/data/own.toml' }, {})).toMatch(/-c \/data\/own\.toml$/m);
  expect(restoreOf({ ...docker, config: null }, {})).toMatch(/-c \/data\/server\.toml$/m);
  const ssh = { connect: 'ssh', service: 'kanidmd', sudo: true, kanidmd: 'kanidmd', config: null };
  expect(restoreOf(ssh, {})).toMatch(/-c \/etc\/kanidm\/server\.toml$/m);
});

describe('of several steps', () => {
  const several = [
    ...[stepOfTest('backup'), stepOfTest('backup', { id: '2', server: 'idm-c' })],
    ...[stepOfTest('refresh', { id: '3' }), stepOfTest('refresh', { id: '4', server: 'idm-c' })],
  ];
  const done = (step: number, kept?: string): JournalEntry => ({
    ...{ kind: 'done', step: stepId(step), note: '', at },
    ...(kept === undefined ? {} : { backup: kept }),
  });
  const begin = (step: number): JournalEntry => ({ kind: 'begin', step: stepId(step), at });
  const intent = (step: number): JournalEntry => ({
    ...{ kind: 'intent', step: stepId(step), server: trusted<ServerId>('idm-b'), effect: 'refresh', at },
  });
  const told = (entries: readonly JournalEntry[], of: readonly string[] = ['idm-b', 'idm-c']) => {
    const ssh = { connect: 'ssh', service: 'kanidmd', sudo: true, kanidmd: 'kanidmd', config: null };
    const fleet = {
      fleet: { servers: of.map((id) => ({ id, ...ssh })) },
      observed: of.map((id) => ({ id, versionOnDisk: null, facts: null })),
    } as unknown as ObservedFleet;
    return refreshNotUndone(recordOfTest('1', { steps: several }, entries), fleet);
  };
  const backups = [done(1, '/of-b'), done(2, '/of-c')];

  it('only a refresh that was begun is told, with the backup of its own server', () => {
    for (const entry of [begin(3), intent(3)]) {
      const [only, ...others] = told([...backups, entry, begin(1)]);
      expect(others).toEqual([]);
      expect(only).toMatchObject({ server: 'idm-b', message: expect.stringContaining('not proved') });
      expect(only?.message).toContain('/of-b');
      expect(`${only?.message} ${only?.fix}`).not.toContain('/of-c');
    }
    expect(told([...backups, begin(1), intent(2)])).toEqual([]);
  });

  it('each says whether it is known to have happened, whatever came of another', () => {
    const [b, c] = told([...backups, begin(3), done(3), begin(4)]);
    expect(b?.message).toContain('idm-b was refreshed');
    expect(c).toMatchObject({ server: 'idm-c', message: expect.stringContaining('not proved') });
    expect(c?.message).toContain('/of-c');
  });

  it('without a backup that is known no command is given, and neither for a server that is not seen', () => {
    expect(told([done(1), begin(3)])[0]?.fix).toBe('Look for an older backup.');
    const [unseen] = told([...backups, begin(3)], ['idm-c']);
    expect(unseen?.message).toContain('/of-b');
    expect(unseen?.fix).not.toContain('database restore');
  });

  it('the version is named only where it is known', () => {
    expect(told([...backups, begin(3)])[0]?.fix).not.toMatch(/minor version|null/);
  });
});
