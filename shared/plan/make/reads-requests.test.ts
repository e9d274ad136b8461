import { describe, expect, it } from 'vitest';
import { observedOfTest } from '../../../test/support/fleet-fixtures';
import type { Round } from '../../kanidmd/health';
import type { ObservedServer } from '../../observed/observed';
import { readsRequests } from './reads-requests';

/*
 * May a refresh that was asked of a server before still wait for one supplier? Whoever is told "no" starts that supplier, and
 * a request that waited all the same erases the server.
 */

const NOW = 1e9;
const [LAN, VPN] = ['repl://idm-b.example.com:8444', 'repl://idm-b.vpn.example.com:8444'];
const round = (supplierHost: string, ageMs: number, ports = [8444]): Round =>
  ({ at: NOW - ageMs * 1000, kind: 'incremental', supplierHost, ports, lines: [] }) as never;
const consumer = (...rounds: readonly Round[]): ObservedServer => ({
  ...observedOfTest({ id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] }),
  log: {
    ...{ from: 0, to: NOW, startedAt: null, runningVersion: null, listening: true, troubles: [] },
    rounds,
  },
});
const onLan = round('idm-b.example.com', 1000);
const onVpn = round('idm-b.vpn.example.com', 1000);

describe('nothing waits', () => {
  it('where the newest round with the supplier is on time, whatever came before and from whom', () => {
    const others = [round('idm-b.example.com', 90_000), round('idm-c.example.com', 1000)];
    expect(readsRequests(consumer(...others, onLan), [LAN])).toBe(true);
  });

  it('where rounds by each of its names are', () => {
    expect(readsRequests(consumer(onLan, onVpn), [LAN, VPN])).toBe(true);
  });
});

describe('something may wait', () => {
  it('for one of its names, though rounds by the other are on time: each table has a task of its own', () => {
    expect(readsRequests(consumer(onLan), [LAN, VPN])).toBe(false);
    expect(readsRequests(consumer(onVpn), [LAN, VPN])).toBe(false);
  });

  it('where no name is known that it dials, or nothing of its log', () => {
    expect(readsRequests(consumer(onLan), [])).toBe(false);
    expect(readsRequests({ ...consumer(onLan), log: null }, [LAN])).toBe(false);
    expect(readsRequests(consumer(onLan), ['not an origin'])).toBe(false);
  });

  it('by the default interval, where its file says nothing of how often it makes a round', () => {
    const late = round('idm-b.example.com', 20_000);
    expect(readsRequests({ ...consumer(late), config: null }, [LAN])).toBe(false);
    expect(readsRequests({ ...consumer(onLan), config: null }, [LAN])).toBe(true);
    const without = observedOfTest({ id: 'idm-a', domain: 'a', tables: null });
    expect(readsRequests({ ...without, log: consumer(onLan).log }, [LAN])).toBe(true);
  });
});
