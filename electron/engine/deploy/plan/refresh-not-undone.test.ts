import { expect, it } from 'vitest';
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
