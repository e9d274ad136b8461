import { describe, expect, it } from 'vitest';
import { fleetOfTest } from '../../../test/support/fleet-fixtures';
import { fail } from '../../../shared/base/result';
import type { FleetServer } from '../../../shared/fleet/model/fleet';
import { Connections } from './connections';

const call = { signal: new AbortController().signal, timeoutMs: 1_000 };

/** Containers of the engine on a host, and one on another. */
const [a, b, other] = fleetOfTest(['idm-a', 'idm-b', 'idm-c'], []).servers.map((it): FleetServer => ({
  ...{ id: it.id, origin: it.origin, bindaddress: null, refreshFrom: null, position: null, config: null },
  ...{ connect: 'docker', container: it.id, certificates: null },
  endpoint: it.id === 'idm-c' ? 'ssh://ada@elsewhere' : 'ssh://ada@host',
}));
if (!a || !b || !other) throw new Error('there are three');

/** @returns who was dialled, when each of them was asked for one after the other, and what the second was told. */
async function dialled(code: string) {
  const asked: string[] = [];
  const connections = new Connections({
    ...{ home: '/', env: {}, prompter: { acceptHostKey: async () => false, secret: async () => null } },
    open: async (server) => {
      asked.push(server.id);
      return fail({ code, message: 'no', fix: '', where: { server: server.id } });
    },
  });
  await connections.to(a!, null, call);
  const told = await connections.to(b!, null, call);
  await connections.to(other!, null, call);
  connections.forgetRefusals();
  await connections.to(b!, null, call);
  return { asked, told: told.ok ? null : told.error };
}

describe('a refusal', () => {
  it('of a login is that of every container behind it, until somebody asks', async () => {
    const { asked, told } = await dialled('authentication-failed');
    expect(asked).toEqual(['idm-a', 'idm-c', 'idm-b']);
    expect(told).toMatchObject({ code: 'authentication-failed', where: { server: 'idm-b' } });
  });

  it('that is about one container, or that time cures, is nobody else’s', async () => {
    for (const code of ['link-refused', 'connection-refused'])
      expect((await dialled(code)).asked).toEqual(['idm-a', 'idm-b', 'idm-c', 'idm-b']);
  });
});
