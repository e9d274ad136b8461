import { describe, expect, it } from 'vitest';
import { fleetOfTest, observedOfTest, originOfTest } from '../../../test/support/fleet-fixtures';
import { ownersOf } from '../model/owners';
import { reported } from '../../certificates/certificate';
import { runsWith } from '../../observed/observed-config';
import { reportReplication } from '../../observed/report-replication';
import type { Fleet, FleetServer } from '../model/fleet';
import { readTopology } from '../model/topology';
import { describeChange, type Reading } from './difference';
import { readLayers } from './read-layers';

/** What is read of each server that has these tables; null: no `[replication]`; a sentence: why it is not known. */
type Seen = Readonly<Record<string, readonly string[] | null | string>>;

function layersOf(
  fleet: Fleet,
  seen: Seen,
  renewed: readonly string[] = [],
  left: readonly FleetServer[] = [],
) {
  const observed = Object.entries(seen).flatMap(([id, tables]) =>
    typeof tables === 'string' ? [] : [observedOfTest({ id, domain: '1', tables })],
  );
  const ownerOf = ownersOf({ ...fleet, servers: [...fleet.servers, ...left] }, observed);
  const readings = new Map<string, Reading>();
  for (const server of observed) {
    const replication = runsWith(server)?.replication ?? null;
    const pins = reportReplication(replication ?? { ...NONE }, ownerOf);
    const certificate = server.certificate && reported(server.certificate);
    readings.set(server.id, {
      last: {
        ...{ id: server.id, state: 'running', version: '1.10.5', domain: 'idm', domainUuid: null },
        ...{ fileRead: true, replication: replication !== null },
        runsWith: replication === null ? null : pins,
        certificate: certificate && {
          ...certificate,
          fingerprint: renewed.includes(server.id) ? 'SHA256:renewed' : pinOf(server.id),
        },
      },
      notKnown: null,
    });
  }
  for (const [id, why] of Object.entries(seen))
    if (typeof why === 'string') readings.set(id, { last: null, notKnown: why });
  return readLayers(fleet, readings, readTopology(fleet), left);
}
const NONE = { origin: null, bindaddress: null, taskPollInterval: 15, partners: [] };

/** What partners pin of a server in these tests. */
function pinOf(id: string): string {
  const other = id === 'idm-a' ? 'idm-b' : 'idm-a';
  const server = observedOfTest({ id: other, domain: '1', tables: [`${id} mutual-pull`] });
  const replication = runsWith(server)?.replication;
  return (replication && reportReplication(replication, () => null).partners[0]?.fingerprint) ?? '';
}

const both = { 'idm-a': ['idm-b mutual-pull'], 'idm-b': ['idm-a mutual-pull'] };
const link = (fleet: Fleet, seen: Seen, renewed: readonly string[] = []) => {
  const [first] = layersOf(fleet, seen, renewed).links;
  if (first === undefined) throw new Error('there is no link');
  return { ...first, said: first.difference.changes.map(describeChange) };
};
const ids = ['idm-a', 'idm-b'];
const drawn = fleetOfTest(ids, ['idm-a > idm-b']);

describe('a link', () => {
  it('that runs as it is drawn is the same', () => {
    expect(link(drawn, both)).toMatchObject({ observed: 'both ways', difference: { kind: 'same' } });
  });

  it('that nobody has a table for is new, and so are its pulls', () => {
    expect(link(drawn, { 'idm-a': null, 'idm-b': [] })).toMatchObject({
      ...{ observed: null, difference: { kind: 'new' } },
      pulls: [
        { consumer: 'idm-b', drawn: true, runs: false },
        { consumer: 'idm-a', drawn: true, runs: false },
      ],
    });
  });

  it('that runs and is not drawn is to be removed, with its pulls', () => {
    expect(link(fleetOfTest(ids, []), both)).toMatchObject({
      ...{ supplier: 'idm-a', consumer: 'idm-b', drawn: null, observed: 'both ways' },
      difference: { kind: 'removed' },
      pulls: [
        { consumer: 'idm-b', drawn: false, runs: true },
        { consumer: 'idm-a', drawn: false, runs: true },
      ],
    });
  });

  it('that runs one way, undrawn, has its supplier first', () => {
    const seen = { 'idm-a': ['idm-b pull'], 'idm-b': ['idm-a allow-pull'] };
    expect(link(fleetOfTest(ids, []), seen)).toMatchObject({
      ...{ supplier: 'idm-b', consumer: 'idm-a', observed: 'one way, to idm-a' },
      pulls: [{ consumer: 'idm-a', supplier: 'idm-b', drawn: false, runs: true }],
    });
  });

  it('that is drawn otherwise says from what to what, and keeps the pull that still runs', () => {
    const changed = link(fleetOfTest(ids, ['idm-a ~> idm-b']), both);
    expect(changed.difference.kind).toBe('changed');
    expect(changed.said).toEqual(['both ways → one way, to idm-b']);
    expect(changed.pulls).toEqual([
      { consumer: 'idm-b', supplier: 'idm-a', drawn: true, runs: true },
      { consumer: 'idm-a', supplier: 'idm-b', drawn: false, runs: true },
    ]);
  });

  it.each([
    ['idm-a > idm-b automatic', both, ['automatic refresh: off → on']],
    [
      'idm-a > idm-b',
      { ...both, 'idm-a': ['idm-b mutual-pull automatic'] },
      ['automatic refresh of idm-a: on → off'],
    ],
    ['idm-a > idm-b', { ...both, 'idm-a': [] }, ['none on idm-a, mutual-pull on idm-b → both ways']],
    [
      'idm-a > idm-b',
      { ...both, 'idm-b': ['idm-a allow-pull'] },
      ['mutual-pull on idm-a, allow-pull on idm-b → both ways'],
    ],
  ] as const)('%s, run otherwise: %j', (arrow, seen, said) => {
    expect(link(fleetOfTest(ids, [arrow]), seen).said).toEqual(said);
  });

  it('whose partner shows another certificate than is pinned says so', () => {
    expect(link(drawn, both, ['idm-a']).said).toEqual([
      expect.stringMatching(/^idm-b pins idm-a’s certificate: SHA256:.{8}… → SHA256:renewed…$/),
    ]);
  });

  it('dialled by another name says from which to which', () => {
    const servers = drawn.servers.map((server) =>
      server.id === 'idm-a' ? { ...server, origin: originOfTest('idm-x') } : server,
    );
    expect(link({ ...drawn, servers }, both).said).toEqual([
      'idm-b knows idm-a as: repl://idm-a.example.com:8444 → repl://idm-x.example.com:8444',
    ]);
  });

  it('of which one end was not read is not known, whatever the other says', () => {
    for (const other of [['idm-a mutual-pull'], [], null])
      expect(link(drawn, { 'idm-a': 'It cannot be reached.', 'idm-b': other })).toMatchObject({
        difference: { kind: 'not-known', notRead: ['idm-a'] },
      });
  });

  it('that was read before and is not known now stays, and is not known', () => {
    const before = layersOf(fleetOfTest(ids, []), both);
    const readings = new Map<string, Reading>(
      before.servers.map((it) => [it.id, { last: it.reading.last, notKnown: 'The watch was lost.' }]),
    );
    const [left] = readLayers(fleetOfTest(ids, []), readings).links;
    expect(left).toMatchObject({ observed: 'both ways', difference: { kind: 'removed', notRead: ids } });
  });
});

describe('a server', () => {
  const server = (fleet: Fleet, seen: Seen) => layersOf(fleet, seen).servers[0];

  it('without replication is new once it is linked', () => {
    expect(server(drawn, { 'idm-a': null, 'idm-b': null })?.difference.kind).toBe('new');
    expect(server(fleetOfTest(ids, []), { 'idm-a': null, 'idm-b': null })?.difference.kind).toBe('same');
  });

  it('with another origin than it is drawn with says from which to which', () => {
    const servers = drawn.servers.map((it) => ({ ...it, origin: originOfTest('idm-x') }));
    expect(server({ ...drawn, servers }, both)?.difference.changes.map(describeChange)).toEqual([
      'origin: repl://idm-a.example.com:8444 → repl://idm-x.example.com:8444',
    ]);
  });

  it('that was not read is not known, and is counted', () => {
    const layers = layersOf(drawn, { 'idm-a': 'It cannot be reached.' });
    expect(layers.notRead).toEqual(ids);
    expect(layers.servers.map((it) => it.reading.notKnown)).toEqual([
      'It cannot be reached.',
      'It was not read yet.',
    ]);
  });

  it('tells of partners outside the fleet that a deploy keeps; one that is listed as removed is a server', () => {
    const fleet = fleetOfTest(['idm-a'], [], { removed: [originOfTest('idm-y')] });
    const seen = { 'idm-a': ['idm-x mutual-pull', 'idm-y pull'] };
    expect(server(fleet, seen)?.strangers).toEqual([{ server: 'idm-a', origin: originOfTest('idm-x') }]);
    expect(layersOf(fleet, seen)).toMatchObject({
      servers: [
        { id: 'idm-a' },
        { id: originOfTest('idm-y'), drawn: null, was: null, difference: { kind: 'removed' } },
      ],
      links: [
        {
          ...{ supplier: originOfTest('idm-y'), consumer: 'idm-a', drawn: null },
          difference: { kind: 'removed', notRead: [] },
          pulls: [{ consumer: 'idm-a', supplier: originOfTest('idm-y'), drawn: false, runs: true }],
        },
      ],
      notRead: [],
    });
  });
});

describe('a server that was taken out of the drawing', () => {
  const before = fleetOfTest(['idm-a', 'idm-b', 'idm-c'], ['idm-a > idm-b', 'idm-a > idm-c']);
  const gone = before.servers.slice(2);
  const all = {
    'idm-a': ['idm-b mutual-pull', 'idm-c mutual-pull'],
    'idm-b': ['idm-a mutual-pull'],
    'idm-c': ['idm-a mutual-pull'],
  };
  const removed = [originOfTest('idm-c')];
  const after = fleetOfTest(ids, ['idm-a > idm-b'], { removed });

  it('runs on: it stays with what is read of it, and its links, to be removed', () => {
    const layers = layersOf(after, all, [], gone);
    expect(layers.servers.map(({ id, difference }) => [id, difference.kind])).toEqual([
      ['idm-a', 'same'],
      ['idm-b', 'same'],
      ['idm-c', 'removed'],
    ]);
    expect(layers.servers[2]).toMatchObject({ drawn: null, was: gone[0], reading: { notKnown: null } });
    expect(layers.links.slice(1)).toMatchObject([
      {
        ...{ supplier: 'idm-a', consumer: 'idm-c', drawn: null, observed: 'both ways' },
        difference: { kind: 'removed', notRead: [] },
        pulls: [
          { consumer: 'idm-c', supplier: 'idm-a', drawn: false, runs: true },
          { consumer: 'idm-a', supplier: 'idm-c', drawn: false, runs: true },
        ],
      },
    ]);
    expect(layers.servers[0]?.strangers).toEqual([]);
  });

  it('and is not listed as removed is kept by a deploy, and said to be', () => {
    const layers = layersOf(fleetOfTest(ids, ['idm-a > idm-b']), all, [], gone);
    expect(layers.servers[2]?.difference.kind).toBe('kept');
    expect(layers.links[1]?.difference.kind).toBe('kept');
  });

  it('is gone once no drawn server has a table for it, whatever its own file says', () => {
    const layers = layersOf(after, { ...all, 'idm-a': ['idm-b mutual-pull'] }, [], gone);
    expect(layers.servers.map(({ id }) => id)).toEqual(ids);
    expect(layers.links).toHaveLength(1);
  });

  it('that was not read is known by what a drawn one has of it, and is not counted as not read', () => {
    const { 'idm-c': _, ...rest } = all;
    const layers = layersOf(after, rest, [], gone);
    expect(layers.servers[2]).toMatchObject({ id: 'idm-c', reading: { last: null } });
    expect(layers.links[1]).toMatchObject({ observed: 'mutual-pull on idm-a', difference: { notRead: [] } });
    expect(layers.notRead).toEqual([]);
  });

  it('with another says nothing of a link between those two: a deploy does nothing to it', () => {
    const two = fleetOfTest(['idm-a'], [], { removed: [originOfTest('idm-b'), originOfTest('idm-c')] });
    const ring = { ...all, 'idm-b': ['idm-c pull'], 'idm-c': ['idm-b allow-pull'] };
    const { links } = layersOf(two, ring, [], before.servers.slice(1));
    expect(links.map(({ supplier, consumer }) => `${supplier} ${consumer}`)).toEqual([
      'idm-b idm-a',
      'idm-c idm-a',
    ]);
  });
});
