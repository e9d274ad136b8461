import { describe, expect, it } from 'vitest';
import type { Inspected } from '../api/container';
import { reachOf } from './reach';

const where = { server: 'idm-a', endpoint: 'tcp://192.0.2.1:2376' };

/** What the engine says of a container's network. */
const seen = (parts: {
  mode?: string;
  bindings?: readonly { readonly HostIp: string; readonly HostPort: string }[];
  addresses?: readonly string[];
}): Inspected =>
  ({
    HostConfig: { NetworkMode: parts.mode ?? 'bridge' },
    NetworkSettings: {
      Ports: parts.bindings === undefined ? {} : { '8443/tcp': parts.bindings },
      Networks: Object.fromEntries((parts.addresses ?? []).map((IPAddress, n) => [`net${n}`, { IPAddress }])),
    },
  }) as unknown as Inspected;

const https = { host: '0.0.0.0', port: 8443 };

describe('where a container’s port is dialled', () => {
  it.each([
    [
      'published on every address',
      { bindings: [{ HostIp: '0.0.0.0', HostPort: '443' }] },
      { fromHost: { host: '127.0.0.1', port: 443 }, published: { host: '0.0.0.0', port: 443 } },
    ],
    [
      'published on the loopback',
      { bindings: [{ HostIp: '127.0.0.1', HostPort: '8443' }] },
      { fromHost: { host: '127.0.0.1', port: 8443 }, published: null },
    ],
    [
      'on the host’s network',
      { mode: 'host' },
      { fromHost: { host: '127.0.0.1', port: 8443 }, published: https },
    ],
    [
      'not published',
      { addresses: ['', '172.17.0.2'] },
      { fromHost: { host: '172.17.0.2', port: 8443 }, published: null },
    ],
  ])('%s', (_, parts, reach) => {
    expect(reachOf(where, seen(parts), https)).toEqual({ ok: true, value: reach });
  });

  it.each([
    ['no network at all', {}],
    ['a name for an address', { addresses: ['router.internal'] }],
    ['a name that it is published at', { bindings: [{ HostIp: 'router.internal', HostPort: '443' }] }],
    ['a word for a port', { bindings: [{ HostIp: '', HostPort: 'https' }] }],
    ['a port there is not', { bindings: [{ HostIp: '', HostPort: '70000' }] }],
  ])('is not known from %s', (_, parts) => {
    expect(reachOf(where, seen(parts), https)).toMatchObject({
      ok: false,
      error: { code: 'port-not-reachable' },
    });
  });
});
