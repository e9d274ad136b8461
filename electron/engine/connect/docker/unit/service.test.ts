import { describe, expect, it } from 'vitest';
import { ok, type Result } from '../../../../../shared/base/result';
import { Container } from '../api/container';
import type { DockerApi } from '../api/docker-api';
import { inspected } from '../api/replies';
import { changeService, type Verb } from './service';

const [OLD, NEW] = ['a'.repeat(64), 'b'.repeat(64)];
const DATA = { Type: 'volume', Name: 'idm', Source: '/v', Destination: '/data', RW: true };
const NO_NAME = { ...DATA, Name: 'c'.repeat(64), Destination: '/other' };

interface Made {
  readonly id?: string;
  readonly labels?: Record<string, string>;
  readonly autoRemove?: boolean;
  readonly mounts?: readonly (typeof DATA)[];
  readonly image?: string;
}

const made = ({ id = OLD, labels = {}, autoRemove = false, mounts = [DATA], image = 'sha256:1' }: Made) => ({
  Id: id,
  Name: '/idm',
  Created: '2026-01-01T00:00:00Z',
  Image: image,
  Path: '/sbin/kanidmd',
  Args: ['server'],
  State: { Status: 'running', Running: true, ExitCode: 0, StartedAt: '2026-01-01T00:00:00Z' },
  Config: { Env: [], Labels: labels },
  HostConfig: { NetworkMode: 'bridge', AutoRemove: autoRemove },
  NetworkSettings: { Networks: {}, Ports: {} },
  Mounts: mounts,
});

/** An engine with one container, which a command on its host may replace. */
function engineWith(first: Made, after: Made | null = null) {
  let now = made(first);
  const effects: string[] = [];
  const api = {
    where: { server: 'idm-a', endpoint: 'unix:///x' },
    dialer: {
      onHost: (argv: readonly string[]) => {
        effects.push(argv.join(' '));
        if (after !== null) now = made(after);
        return Promise.resolve(ok({ exitCode: 0, stdout: '', stderr: '' }));
      },
    },
    json: (request: { path: string; expected?: (reply: object) => unknown }): Promise<Result<unknown>> => {
      if (request.path === '/info') return Promise.resolve(ok({ SecurityOptions: [] }));
      const name = /containers\/([^/]+)\/json/.exec(request.path)?.[1];
      if (name === now.Id || name === 'idm') return Promise.resolve(ok(inspected.parse(now)));
      return Promise.resolve({
        ok: false,
        error: request.expected?.({ statusCode: 404, message: 'no' }),
      } as Result<unknown>);
    },
    done: ({ path }: { path: string }) => {
      effects.push(path.replace(/^.*\//, ''));
      return Promise.resolve(ok(undefined));
    },
  };
  const container = new Container(api as unknown as DockerApi, 'idm');
  const signal = new AbortController().signal;
  const change = async (verb: Verb): Promise<string> => {
    await container.inspect(signal);
    const did = await changeService(container, verb, signal);
    return did.ok ? did.value.state : did.error.code;
  };
  return { change, effects, container, signal };
}

const QUADLET = { PODMAN_SYSTEMD_UNIT: 'idm.service' };

describe('a container that goes when it ends', () => {
  it.each(['stop', 'restart', 'start'] as const)('is not told to %s', async (verb) => {
    const { change, effects } = engineWith({ autoRemove: true });
    expect(await change(verb)).toBe('container-auto-removed');
    expect(effects).toEqual([]);
    expect(await engineWith({}).change(verb)).toBe('running');
  });

  it('is made again by a unit of Podman, without what lies on a volume that has no name', async () => {
    const { change, effects } = engineWith({
      autoRemove: true,
      labels: QUADLET,
      mounts: [DATA, NO_NAME],
    });
    expect(await change('restart')).toBe('container-auto-removed');
    expect(effects).toEqual([]);
    const kept = engineWith({ autoRemove: true, labels: QUADLET });
    expect(await kept.change('restart')).toBe('running');
    expect(kept.effects).toEqual(['systemctl restart idm.service']);
  });
});

it('of a swarm is only looked at', async () => {
  const { change, effects } = engineWith({ labels: { 'com.docker.swarm.service.name': 'idm' } });
  for (const verb of ['start', 'stop', 'restart'] as const)
    expect(await change(verb)).toBe('managed-by-swarm');
  expect(effects).toEqual([]);
});

describe('a container that its unit makes again at each start', () => {
  const before: Made = { labels: QUADLET, autoRemove: true };
  const codeAfter = async (after: Made) => {
    const { change, container, signal } = engineWith(before, after);
    const did = await change('restart');
    const seen = await container.inspect(signal);
    return [did, seen.ok ? seen.value.Id : seen.error.code];
  };

  it('is the same server after a restart through that unit', async () => {
    expect(await codeAfter({ ...before, id: NEW })).toEqual(['running', NEW]);
  });

  it.each([
    ['another unit', { labels: { PODMAN_SYSTEMD_UNIT: 'other.service' } }],
    ['no unit', { labels: {} }],
    ['another image', { image: 'sha256:2' }],
    ['other mounts', { mounts: [{ ...DATA, Name: 'other' }] }],
  ])('is another one with %s', async (_, other) => {
    expect(await codeAfter({ ...before, id: NEW, ...other })).toEqual([
      'container-recreated',
      'container-recreated',
    ]);
  });

  it('is not stopped: there would be nothing to start again', async () => {
    const { change, effects } = engineWith(before);
    expect(await change('stop')).toBe('container-gone-when-stopped');
    expect(effects).toEqual([]);
    const kept = engineWith({ labels: QUADLET });
    expect(await kept.change('stop')).toBe('running');
    expect(kept.effects).toEqual(['systemctl stop idm.service']);
  });
});
