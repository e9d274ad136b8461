import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  certificateOfTest,
  fleetOfTest,
  observedOfTest,
  originOfTest,
  readCertificateOfTest,
} from '../../../test/support/fleet-fixtures';
import { type Origin, type ServerId, trusted } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { desiredTables } from '../model/desired';
import { makePlan } from '../../plan/make/make-plan';
import { editServerConfig } from '../../server-config/edit-server-config';
import { readServerConfig } from '../../server-config/read-server-config';
import type { ConfigChange } from '../../server-config/server-config';
import type { Fleet } from '../model/fleet';
import { readFleet } from '../read/read-fleet';
import { readTopology } from '../model/topology';
import { drawFleet } from './draw-fleet';
import { findPartners } from './find-partners';

/*
 * Any fleet, deployed as it is drawn, then adopted from the servers alone: the adopted fleet is the same replication,
 * so a plan on it has no steps.
 */

const runs = process.env['KANILINK_LONG'] === '1' ? 5_000 : 80;
/** Every case plans a whole fleet; milliseconds. */
const limit = runs * 1000;
const ids = ['idm-a', 'idm-b', 'idm-c', 'idm-d', 'idm-e', 'idm-f', 'idm-g', 'idm-h'];

interface Case {
  readonly fleet: Fleet;
  /** In the order they are given to adopt. */
  readonly observed: readonly ObservedServer[];
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    count: fc.integer({ min: 1, max: 8 }),
    /** Whom each but the first takes its data from; others link by chance. */
    source: fc.array(fc.nat(6), { minLength: 8, maxLength: 8 }),
    parts: fc.array(fc.constantFrom(false, false, false, true), { minLength: 8, maxLength: 8 }),
    links: fc.array(fc.constantFrom('none', 'none', '~>', '>'), { minLength: 28, maxLength: 28 }),
    automatic: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    vpn: fc.array(fc.constantFrom(false, false, true), { minLength: 56, maxLength: 56 }),
    order: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 }),
  })
  .map(({ count, source, parts, links, automatic, vpn, order }) => {
    const here = ids.slice(0, count);
    const roots = here.map((_, index) => (index === 0 || parts[index] === true ? index : -1));
    const rootOf = (at: number): number => roots.slice(0, at + 1).findLast((root) => root !== -1) ?? 0;
    const pairs = here.flatMap((_, i) => here.slice(i + 1).map((_other, n) => [i, i + 1 + n] as const));
    const drawn = pairs.flatMap(([i, j], index) => {
      const root = rootOf(j);
      if (rootOf(i) !== root || j === root) return [];
      const feeds = root + ((source[j] ?? 0) % (j - root)) === i;
      const kind = links[index] ?? 'none';
      return kind === 'none' ? (feeds ? [{ i, j, kind: '>' }] : []) : [{ i, j, kind }];
    });
    const texts = drawn.map(({ i, j, kind }) => {
      const suppliers = drawn.filter((it) => it.j === j || (it.i === j && it.kind === '>'));
      const may = suppliers.length === 1 && automatic[j];
      return `${here[i]} ${kind} ${here[j]}${may ? ' automatic' : ''}`;
    });
    const plain = fleetOfTest(here, texts);
    const fleet: Fleet = {
      ...plain,
      links: plain.links.map((link, index) => ({
        ...link,
        supplierOrigin: vpn[index] ? vpnName(link.supplier) : null,
        consumerOrigin: vpn[index + 28] ? vpnName(link.consumer) : null,
      })),
    };
    const seen = here.map((id) => deployed(fleet, trusted<ServerId>(id)));
    return { fleet, observed: order.flatMap((at) => seen[at] ?? []) };
  });

const vpnName = (id: string): Origin => trusted<Origin>(`repl://${id}.vpn:8444`);

/** A server whose file is as the fleet says. */
function deployed(fleet: Fleet, id: ServerId): ObservedServer {
  const bare = observedOfTest({ id, domain: 'a', tables: [] });
  const origins = new Map(fleet.servers.map((server) => [server.id, originOfTest(server.id)]));
  const changes = desiredTables(id, readTopology(fleet), origins).map((table): ConfigChange => ({
    kind: 'set-partner',
    partner: { ...table, certificate: certificateOfTest(table.partner) },
  }));
  const edited = editServerConfig(new TextEncoder().encode(bare.file?.text ?? ''), changes, {});
  const config = edited.ok ? readServerConfig(edited.value, {}) : edited;
  if (!edited.ok || !config.ok || bare.file === null) throw new Error(JSON.stringify(config));
  const text = new TextDecoder().decode(edited.value);
  const certificate = {
    ...readCertificateOfTest(id),
    names: [`${id}.example.com`, `${id}.vpn`],
    addresses: [],
    notBefore: '2000-01-01T00:00:00Z',
  };
  return { ...bare, config: config.value, certificate, file: { ...bare.file, text } };
}

/** Adopts with the fleet's own primaries for answers. */
function adopt({ fleet, observed }: Case, answers: readonly string[]) {
  const seen = observed.map((server) => ({
    reach: { connect: 'ssh' as const, endpoint: `ssh://${server.id}.example.com` },
    observed: server,
  }));
  const drawn = drawFleet(findPartners(seen), answers);
  if (!drawn.ok) throw new Error(`${drawn.error.message} ${JSON.stringify(fleet.links)}`);
  return drawn.value;
}

describe('a fleet adopted from its servers', () => {
  it(
    'has nothing to deploy',
    () => {
      fc.assert(
        fc.property(cases, (given) => {
          const { fleet, observed } = given;
          const drawn = adopt(given, readTopology(fleet).primaries);
          expect(drawn.questions).toEqual([]);
          expect(drawn.problems).toEqual([]);
          const read = readFleet(drawn.text ?? '', null);
          expect(read.problems).toEqual([]);
          if (read.fleet === null) throw new Error('unread');
          expect(read.fleet.links).toHaveLength(fleet.links.length);
          const plan = makePlan(read.fleet, observed);
          // An error would hold a server back, and its steps with it.
          expect(plan.problems.filter((problem) => problem.severity === 'error')).toEqual([]);
          expect(plan.steps).toEqual([]);
        }),
        { numRuns: runs },
      );
    },
    limit,
  );

  it(
    'asks only where several servers could be the primary, and offers the true one',
    () => {
      fc.assert(
        fc.property(cases, (given) => {
          const { primaries } = readTopology(given.fleet);
          const { questions, text } = adopt(given, []);
          expect(text === null).toBe(questions.length > 0);
          for (const { candidates, servers } of questions) {
            expect(candidates.length).toBeGreaterThan(1);
            expect(candidates.filter((id) => primaries.some((primary) => primary === id))).toHaveLength(1);
            for (const id of candidates) expect(servers).toContain(id);
          }
          // Whatever is answered, the fleet has one primary per part.
          const answers = questions.flatMap(({ candidates }) => candidates.at(-1) ?? []);
          const read = readFleet(adopt(given, answers).text ?? '', null);
          if (read.fleet === null) throw new Error(JSON.stringify(read.problems));
          const topology = readTopology(read.fleet);
          expect(topology.primaries).toHaveLength(primaries.length);
          expect(topology.ring).toEqual([]);
          expect(topology.primaries).toEqual(expect.arrayContaining(answers));
          expect(makePlan(read.fleet, given.observed).steps).toEqual([]);
        }),
        { numRuns: runs },
      );
    },
    limit,
  );
});
