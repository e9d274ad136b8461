import { describe, expect, it } from 'vitest';
import { readFleet } from '../../shared/fleet/read/read-fleet';
import type { App } from './app.svelte';
import { linkBetween, unlinkedPair, whyNotLinkable } from './pairing';

const fleetOf = (ids: readonly string[], ...links: readonly (readonly [string, string])[]) => {
  const servers = ids.map(
    (id) =>
      `[[server]]\nid = "${id}"\nconnect = "ssh"\nendpoint = "ssh://${id}"\norigin = "repl://${id}.example.com:8444"\n`,
  );
  const drawn = links.map(([from, to]) => `[[link]]\nsupplier = "${from}"\nconsumer = "${to}"\n`);
  return readFleet(`version = 1\nname = "x"\n${servers.join('')}${drawn.join('')}`, null).fleet;
};

describe('two servers to be paired', () => {
  const three = fleetOf(['idm-a', 'idm-b', 'idm-c'], ['idm-b', 'idm-a']);

  it('are those asked for, or the first that no link joins, in either direction', () => {
    expect(unlinkedPair(three, 'idm-c', 'idm-b')).toEqual(['idm-c', 'idm-b']);
    expect(unlinkedPair(three, null, null)).toEqual(['idm-a', 'idm-c']);
    expect(unlinkedPair(three, 'idm-b', null)).toEqual(['idm-b', 'idm-c']);
    expect(unlinkedPair(three, 'gone', null)).toEqual(['idm-a', 'idm-c']);
  });

  it('are none where all are linked, or there are too few', () => {
    expect(unlinkedPair(fleetOf(['idm-a', 'idm-b'], ['idm-b', 'idm-a']), 'idm-a', 'idm-b')).toBeNull();
    expect(unlinkedPair(fleetOf(['idm-a']), null, null)).toBeNull();
    expect(unlinkedPair(null, null, null)).toBeNull();
  });

  it('are linked whichever of them supplies', () => {
    expect(linkBetween(three, 'idm-a', 'idm-b')).toBe(linkBetween(three, 'idm-b', 'idm-a'));
    expect(linkBetween(three, 'idm-a', 'idm-c')).toBeUndefined();
  });

  it('cannot be linked for a reason that is said', () => {
    const app = (locked: boolean) =>
      ({
        ...{ locked, lockedBecause: () => 'A deploy is running.' },
        ...{ document: { fleet: three }, outside: [{ id: 'idm-x' }] },
      }) as unknown as App;
    expect(whyNotLinkable(app(false), 'idm-a', 'idm-c')).toBeNull();
    expect(whyNotLinkable(app(false), 'idm-a', 'idm-a')).toContain('same server');
    expect(whyNotLinkable(app(false), 'idm-a', 'idm-b')).toBe('idm-a and idm-b are linked already.');
    expect(whyNotLinkable(app(true), 'idm-a', 'idm-c')).toContain('A deploy is running.');
    expect(whyNotLinkable(app(false), 'idm-a', 'idm-x')).toBe('idm-x is not in the drawing any more.');
  });
});
