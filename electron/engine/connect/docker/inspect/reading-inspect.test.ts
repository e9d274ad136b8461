import { describe, expect, it } from 'vitest';
import type { Inspected } from '../api/container';
import { configPathOf } from '../unit/facts';
import { managerOf, podmanUnit } from './manager';
import { mountAt } from '../../../../../shared/observed/container-mounts';
import { isSingleFile, mountsOf } from './mounts';
import { looksLikeKanidmd, serverCommand } from './program';
import { stateOf } from '../unit/service';

/** What the engine says of a container, as far as a test cares. */
const seen = (parts: {
  command?: string[];
  env?: string[];
  folder?: string;
  labels?: Record<string, string>;
  state?: Partial<Inspected['State']>;
  mounts?: object[];
  tmpfs?: Record<string, string>;
}): Inspected =>
  ({
    Path: parts.command?.[0] ?? '/sbin/kanidmd',
    Args: parts.command?.slice(1) ?? ['server', '-c', '/data/server.toml'],
    Config: { Env: parts.env ?? [], Labels: parts.labels ?? {}, WorkingDir: parts.folder ?? '' },
    HostConfig: { Tmpfs: parts.tmpfs ?? {} },
    Mounts: parts.mounts ?? [],
    State: { Status: 'running', ExitCode: 0, Error: '', ...parts.state },
  }) as unknown as Inspected;

describe('the command of a container', () => {
  it.each([
    [['/sbin/kanidmd', 'server', '-c', '/data/server.toml'], ['/sbin/kanidmd'], '/data/server.toml'],
    [['kanidmd', 'server'], ['kanidmd'], null],
    [
      ['/sbin/tini', '--', '/sbin/kanidmd', 'server', '--config=/etc/k.toml'],
      ['/sbin/tini', '--', '/sbin/kanidmd'],
      '/etc/k.toml',
    ],
    [['/bin/node', '/kanidmd.cjs', 'server', '--config', '/x y'], ['/bin/node', '/kanidmd.cjs'], '/x y'],
    [['/sbin/kanidmd'], ['/sbin/kanidmd'], null],
    [['/bin/sleep', '5'], ['kanidmd'], null],
  ])('%j', (command, program, config) => {
    expect(serverCommand(seen({ command }))).toEqual({ program, config });
  });

  it('or its image tells a kanidmd', () => {
    expect(looksLikeKanidmd('/sbin/kanidmd server', 'x')).toBe(true);
    expect(looksLikeKanidmd('/bin/node /kanidmd.cjs server', 'x')).toBe(true);
    expect(looksLikeKanidmd('sh', 'docker.io/kanidm/server:latest')).toBe(true);
    expect(looksLikeKanidmd('nginx -g daemon', 'nginx')).toBe(false);
  });
});

it('the config’s path: the fleet’s, the command’s, the environment’s, the image’s', () => {
  const env = ['KANIDM_CONFIG=/env.toml'];
  expect(configPathOf(seen({ env }), '/named.toml')).toBe('/named.toml');
  expect(configPathOf(seen({ env }), null)).toBe('/data/server.toml');
  expect(configPathOf(seen({ env, command: ['kanidmd', 'server'] }), null)).toBe('/env.toml');
  expect(configPathOf(seen({ command: ['kanidmd', 'server'] }), null)).toBe('/data/server.toml');
});

it('the config’s path from the folder the program is started in', () => {
  const relative = { command: ['kanidmd', 'server', '-c', 'server.toml'] };
  expect(configPathOf(seen({ ...relative, folder: '/data' }), null)).toBe('/data/server.toml');
  expect(configPathOf(seen({ ...relative, folder: '' }), null)).toBe('/server.toml');
  const env = ['KANIDM_CONFIG=../etc/k.toml'];
  expect(configPathOf(seen({ env, command: ['kanidmd', 'server'], folder: '/data/' }), null)).toBe(
    '/etc/k.toml',
  );
  expect(configPathOf(seen({ folder: '/elsewhere' }), null)).toBe('/data/server.toml');
});

it('who manages it', () => {
  expect(managerOf(seen({}))).toBe('docker');
  expect(managerOf(seen({ labels: { 'com.docker.compose.project': 'lab' } }))).toBe('compose');
  const unit = { PODMAN_SYSTEMD_UNIT: 'kanidmd@1.service' };
  expect(managerOf(seen({ labels: unit }))).toBe('podman-systemd');
  expect(podmanUnit(seen({ labels: unit }))).toBe('kanidmd@1.service');
  for (const odd of ['--now.service', 'a b.service', '$(id).service', 'x', ''])
    expect(podmanUnit(seen({ labels: { PODMAN_SYSTEMD_UNIT: odd } }))).toBe(null);
  expect(managerOf(seen({ labels: { ...unit, 'io.kubernetes.pod.name': 'p' } }))).toBe('kubernetes');
  // A stack is made of a Compose file.
  const stack = { 'com.docker.swarm.task.id': 't', 'com.docker.compose.project': 'lab' };
  expect(managerOf(seen({ labels: stack }))).toBe('swarm');
});

describe('mounts', () => {
  const volume = { Type: 'volume', Name: 'idm', Source: '/v', Destination: '/data', RW: true };
  const file = { Type: 'bind', Source: '/srv/server.toml', Destination: '/data/server.toml', RW: false };
  it('the deepest one above a path holds it', () => {
    const mounts = mountsOf(seen({ mounts: [volume, file], tmpfs: { '/run': '' } }));
    expect(mountAt(mounts, '/data/kanidm.db')?.volume).toBe('idm');
    expect(mountAt(mounts, '/data/server.toml')?.source).toBe('/srv/server.toml');
    expect(isSingleFile(mountAt(mounts, '/data/server.toml'), '/data/server.toml')).toBe(true);
    expect(isSingleFile(mountAt(mounts, '/data/kanidm.db'), '/data/kanidm.db')).toBe(false);
    expect(mountAt(mounts, '/database')).toBe(null);
    expect(mountAt(mounts, '/run/sock')?.type).toBe('tmpfs');
  });
});

describe('the state in the seam’s words', () => {
  it.each([
    [{ Status: 'running' }, 'running', 'running'],
    [{ Status: 'running', Health: { Status: 'unhealthy' } }, 'running', 'running (unhealthy)'],
    [{ Status: 'exited', ExitCode: 0 }, 'stopped', 'exited (0)'],
    [{ Status: 'exited', ExitCode: 137 }, 'stopped', 'exited (137)'],
    [{ Status: 'exited', ExitCode: 1 }, 'failed', 'exited (1)'],
    [{ Status: 'restarting', ExitCode: 1 }, 'starting', 'restarting after exit 1'],
    [{ Status: 'paused' }, 'stopped', 'paused'],
    [{ Status: 'created', Error: 'no such file' }, 'failed', 'created, no such file'],
    [{ Status: 'removing' }, 'stopping', 'removing'],
  ])('%j', (state, word, detail) => {
    expect(stateOf(seen({ state: state as Partial<Inspected['State']> }))).toEqual({ state: word, detail });
  });

  it('is stopping only while the very process runs that was asked to stop', () => {
    const running = seen({ state: { Status: 'running', StartedAt: '2026-11-28T10:00:00Z' } });
    expect(stateOf(running, '2026-11-28T10:00:00Z')).toMatchObject({ state: 'stopping' });
    expect(stateOf(running, '2026-11-28T09:00:00Z')).toMatchObject({ state: 'running' });
    expect(stateOf(seen({ state: { Status: 'exited', ExitCode: 0 } }), '')).toMatchObject({
      state: 'stopped',
    });
  });
});
