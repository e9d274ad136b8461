import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fleetOfTest,
  observedOfTest,
  originOfTest,
  type SeenServer,
} from '../../test/support/fleet-fixtures';
import { World } from '../../test/support/world';
import { readTopology } from '../fleet/topology';
import type { Fleet } from '../fleet/fleet';
import type { Origin, ServerId } from '../names';
import type { ObservedServer } from '../observed';
import { desiredTables } from './desired';
import { Draft } from './draft';
import { makePlan } from './make-plan';
import type { Step } from './plan';

/*
 * Executing any plan on a model of Kanidm's refresh rules, with an adversary who chooses who answers and who restarts,
 * never erases a server that was not named and ends converged. The naive order must fail the same test.
 */

const runs = process.env['KANILINK_LONG'] === '1' ? 20_000 : 150;
/** Every case plans and executes a whole fleet; milliseconds. */
const limit = runs * 1000;
const ids = ['idm-a', 'idm-b', 'idm-c', 'idm-d', 'idm-e', 'idm-f', 'idm-g', 'idm-h'];

interface Case {
  readonly fleet: Fleet;
  readonly observed: readonly ObservedServer[];
  readonly choices: readonly number[];
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    count: fc.integer({ min: 2, max: 8 }),
    // For every pair i < j: no link, one way, both ways. Links run from the lower to the higher: no rings here.
    links: fc.array(fc.constantFrom('none', 'none', '~>', '>', '>'), { minLength: 28, maxLength: 28 }),
    domains: fc.array(fc.constantFrom('a', 'a', 'b', 'c', 'd'), { minLength: 8, maxLength: 8 }),
    automatic: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    live: fc.array(fc.constantFrom('absent', 'empty', 'tables'), { minLength: 8, maxLength: 8 }),
    flags: fc.array(fc.boolean(), { minLength: 56, maxLength: 56 }),
    choices: fc.array(fc.nat(1_000_000), { minLength: 16, maxLength: 64 }),
  })
  .map(({ count, links, domains, automatic, live, flags, choices }) => {
    const here = ids.slice(0, count);
    const pairs = here.flatMap((a, i) => here.slice(i + 1).map((b) => [a, b] as const));
    const kinds = pairs
      .map(([a, b], index) => ({ a, b, kind: links[index] ?? 'none' }))
      .filter((it) => it.kind !== 'none');
    const texts = kinds.map(({ a, b, kind }) => {
      const suppliers = kinds.filter((it) => it.b === b || (it.a === b && it.kind === '>'));
      const may = suppliers.length === 1 && kind === '~>' && automatic[here.indexOf(b)];
      return `${a} ${kind} ${b}${may ? ' automatic' : ''}`;
    });
    const seen = here.map((id, index): SeenServer => {
      const partners = here.filter((other) => other !== id);
      const tables = partners.flatMap((other, at) => {
        const chosen = flags[index * 7 + at];
        return chosen
          ? [`${other} ${at % 2 === 0 ? 'mutual-pull' : 'pull'}${flags[at] ? ' automatic' : ''}`]
          : [];
      });
      const kind = live[index];
      return {
        id,
        domain: domains[index] ?? 'a',
        tables: kind === 'absent' ? null : kind === 'empty' ? [] : tables,
      };
    });
    return { fleet: fleetOfTest(here, texts), observed: seen.map(observedOfTest), choices };
  });

const serverAt = (origin: Origin): ServerId | null => {
  const id = ids.find((it) => originOfTest(it) === origin);
  return id === undefined ? null : (id as ServerId);
};

/** Runs steps with the adversary between them; says what was lost. */
function play(it: Case, steps: readonly Step[]): World {
  let turn = 0;
  const choose = (count: number): number => ((it.choices[turn++ % it.choices.length] ?? 0) + turn) % count;
  const world = new World(it.observed, serverAt, choose);
  for (const step of steps) {
    world.run(step);
    if (choose(3) === 0) world.disturb();
  }
  return world;
}

/** Everything that must hold; null when it does. */
function broken(it: Case, steps: readonly Step[]): string | null {
  const topology = readTopology(it.fleet);
  const named = new Set(steps.flatMap((step) => step.erases));
  const world = play(it, steps);
  for (const { server, tookFrom, data } of world.erased) {
    if (!named.has(server)) return `${server} was erased by ${tookFrom} and nobody named it`;
    const primary = topology.primaryOf(server);
    const wanted = it.observed.find((seen) => seen.id === primary)?.domain?.uuid;
    if (data !== wanted) return `${server} took ${data} from ${tookFrom}, not ${primary ?? 'nobody'}'s data`;
  }
  for (const pull of topology.pulls)
    if (!world.replicates(pull.consumer, pull.supplier))
      return `${pull.consumer} ← ${pull.supplier} does not replicate`;
  return null;
}

/** What anyone would do first: write all links everywhere, then refresh. */
function naivePlan(it: Case): readonly Step[] {
  const topology = readTopology(it.fleet);
  const origins = new Map(it.fleet.servers.map((server) => [server.id, originOfTest(server.id)]));
  const draft = new Draft(it.observed, serverAt);
  for (const { id } of it.fleet.servers) {
    if (draft.server(id)?.certificate === null) {
      draft.configure(id, [{ kind: 'set-origin', origin: originOfTest(id) }], {
        summary: '',
        why: '',
        needs: [],
      });
      draft.readCertificate(id);
    }
  }
  for (const { id } of it.fleet.servers)
    draft.configure(
      id,
      desiredTables(id, topology, origins).flatMap(({ partner, ...table }) => {
        const certificate = draft.server(partner)?.certificate;
        return certificate
          ? [{ kind: 'pin-partner' as const, partner: table, of: partner, certificate }]
          : [];
      }),
      { summary: '', why: '', needs: [] },
    );
  for (const id of topology.order) {
    const source = topology.sourceOf(id);
    const domain = it.observed.find((seen) => seen.id === topology.primaryOf(id))?.domain?.uuid;
    if (source !== null && domain) draft.refresh(id, source, originOfTest(source), domain, 'command');
  }
  return draft.steps;
}

describe('a plan', () => {
  it(
    'never erases a server that was not named, takes only the primary’s data, and converges',
    () => {
      let executed = 0;
      fc.assert(
        fc.property(cases, (it) => {
          const plan = makePlan(it.fleet, it.observed);
          if (plan.blocked || plan.problems.some((problem) => problem.severity === 'error')) return;
          executed += 1;
          expect(broken(it, plan.steps)).toBeNull();
        }),
        { numRuns: runs, verbose: 1 },
      );
      // Refusing everything would pass too: most cases must really have been carried out.
      expect(executed).toBeGreaterThan(runs / 10);
    },
    limit,
  );

  it(
    'in the naive order fails this very test',
    () => {
      const outcome = fc.check(
        fc.property(cases, (it) => {
          const plan = makePlan(it.fleet, it.observed);
          if (plan.blocked || plan.problems.some((problem) => problem.severity === 'error')) return true;
          return broken(it, naivePlan(it)) === null;
        }),
        { numRuns: runs },
      );
      expect(outcome.failed).toBe(true);
    },
    limit,
  );
});
