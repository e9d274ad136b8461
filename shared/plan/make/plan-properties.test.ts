import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deployedFleet, freshFleet } from '../../../test/support/deployed-fleet';
import { fleetOfTest, observedOfTest } from '../../../test/support/fleet-fixtures';
import { World } from '../../../test/support/world';
import { serverAtOfTest, worldCases } from '../../../test/support/world-cases';
import type { Fleet, Link } from '../../fleet/model/fleet';
import { readTopology } from '../../fleet/model/topology';
import { type ServerId, trusted } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { makePlan } from './make-plan';
import { plan as schema } from '../model/plan';
import { kindOf } from '../steps/step';

/* What a plan is beside safe: minimal, the same for the same, and telling. That executing one leaves nothing to do is in never-erases.test.ts. */

const runs = process.env['KANILINK_LONG'] === '1' ? 5_000 : 20;
/** Milliseconds: for what hangs, not for what is slow on a busy machine. */
const limit = 120_000 + runs * 1000;

/** Fleets with one primary, as they are drawn. */
const fleets = worldCases
  .map(({ fleet }) =>
    fleetOfTest(
      fleet.servers.map(({ id }) => id),
      [],
      { links: fleet.links },
    ),
  )
  .filter((fleet) => {
    const { primaries, ring, alone } = readTopology(fleet);
    return primaries.length === 1 && ring.length === 0 && alone.length === 0;
  });

const ends = ({ supplier, consumer }: Link): readonly ServerId[] => [supplier, consumer];

describe('a plan', () => {
  it(
    'has no steps for a fleet that is as it is drawn',
    () => {
      fc.assert(
        fc.property(fleets, (fleet) => {
          expect(makePlan(fleet, deployedFleet(fleet)).steps).toEqual([]);
        }),
        { numRuns: runs },
      );
    },
    limit,
  );

  it(
    'restarts only the two ends of the one link that is changed, and erases nobody',
    () => {
      fc.assert(
        fc.property(fleets, fc.nat(), fc.constantFrom('direction', 'removed', 'ways'), (fleet, pick, how) => {
          const at = pick % fleet.links.length;
          const link = fleet.links[at];
          if (!link) return;
          const other = { ...link, mutual: !link.mutual, automaticRefresh: false };
          const turned = { ...other, mutual: true, supplier: link.consumer, consumer: link.supplier };
          const changed = { direction: [turned], removed: [], ways: [other] }[how];
          // A second supplier would make automatic_refresh an error in the fleet file.
          const links = fleet.links.flatMap((it, index) =>
            index === at ? changed : [{ ...it, automaticRefresh: false }],
          );
          const before = {
            ...fleet,
            links: fleet.links.map((it, index) => (index === at ? it : { ...it, automaticRefresh: false })),
          };
          const plan = makePlan({ ...fleet, links }, deployedFleet(before));
          for (const step of plan.steps.filter((it) => kindOf(it).restarts(it)))
            expect(ends(link)).toContain(step.server);
          expect(plan.steps.flatMap((step) => step.erases)).toEqual([]);
        }),
        { numRuns: runs },
      );
    },
    limit,
  );

  it(
    'is the same whatever order the servers were looked at in, and tells of every step why and what it erases',
    () => {
      const property = fc.property(worldCases, fc.infiniteStream(fc.nat()), (it, order) => {
        const ids = it.fleet.servers.map(({ id }) => id);
        const observed = new World(it.servers, serverAtOfTest, () => 0).observe(ids);
        const key = new Map(observed.map((server) => [server, order.next().value]));
        const shuffled = [...observed].sort((a, b) => (key.get(a) ?? 0) - (key.get(b) ?? 0));
        const plan = makePlan(it.fleet, observed);
        expect(makePlan(it.fleet, shuffled).fingerprint).toBe(plan.fingerprint);
        // It crosses to the window and into the journal as it is.
        expect(schema.parse(plan)).toEqual(plan);
        for (const [index, step] of plan.steps.entries()) {
          expect([step.summary, step.why]).not.toContain('');
          expect(step.requires).not.toEqual([]);
          for (const need of step.needs)
            expect(plan.steps.findIndex(({ id }) => id === need)).toBeLessThan(index);
          if (step.erases.length === 0 || plan.blocked) continue;
          expect(step.requires).toContain(`the backup of ${step.server} was read back`);
          const before = plan.steps.slice(0, index);
          expect(before.some((one) => one.action === 'backup' && one.server === step.server)).toBe(true);
        }
      });
      // Restarts that could come in either order went by the order of the answers.
      fc.assert(property, { seed: 998376126, path: '1', endOnFailure: true });
      fc.assert(property, { numRuns: runs });
    },
    limit,
  );
});

describe('a fleet that leaves open whose data wins', () => {
  const blockedBy = (links: readonly Link[], fleet: Fleet, ids = fleet.servers.map(({ id }) => id)) => {
    const drawn = fleetOfTest(ids, [], { links });
    const plan = makePlan(drawn, freshFleet(drawn));
    return plan.blocked ? plan.problems.filter((it) => it.severity === 'error').map((it) => it.code) : [];
  };

  it('is refused: a ring', () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        const [primary] = readTopology(fleet).primaries;
        const last = readTopology(fleet).order.at(-1);
        const link = fleet.links[0];
        if (primary === undefined || last === undefined || !link) return;
        const linked = fleet.links.some((it) => ends(it).includes(primary) && ends(it).includes(last));
        fc.pre(!linked);
        const closing = { ...link, automaticRefresh: false, supplier: last, consumer: primary };
        expect(blockedBy([...fleet.links, closing], fleet)).toContain('ring');
      }),
      { numRuns: runs },
    );
  });

  it('is refused: two primaries that are linked', () => {
    fc.assert(
      fc.property(fleets, fc.nat(), (fleet, pick) => {
        const link = fleet.links[pick % fleet.links.length];
        if (!link) return;
        const other = trusted<ServerId>('idm-z');
        const more = { ...link, automaticRefresh: false, supplier: other };
        const ids = [...fleet.servers.map(({ id }) => id), other];
        expect(blockedBy([...fleet.links, more], fleet, ids)).toContain('several-primaries');
      }),
      { numRuns: runs },
    );
  });
});

describe('what may still be at work on a server', () => {
  const pair = fleetOfTest(['idm-a', 'idm-b'], ['idm-a > idm-b']);
  const outline = (observed: readonly ObservedServer[]): string[] =>
    makePlan(pair, observed).steps.map((step) => `${step.action} ${step.server}`);

  it('a refresh that said "Error" when the pair was set up by hand is dropped before the primary answers', () => {
    const steps = outline([
      observedOfTest({ id: 'idm-a', domain: 'a', tables: [] }),
      observedOfTest({ id: 'idm-b', domain: 'b', tables: ['idm-a mutual-pull'] }),
    ]);
    expect(steps.slice(0, 4)).toEqual(['restart idm-b', 'configure idm-a', 'backup idm-b', 'refresh idm-b']);
  });

  it('a process that runs with an older file is restarted before anything else, the secondaries first', () => {
    const steps = outline([
      observedOfTest({ id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'], stale: true }),
      observedOfTest({ id: 'idm-b', domain: 'a', tables: ['idm-a pull'], stale: true }),
    ]);
    expect(steps.slice(0, 3)).toEqual(['restart idm-b', 'restart idm-a', 'configure idm-b']);
  });

  it('a name it cannot resolve makes its restart long, which is said', () => {
    const [a, b] = ['idm-a', 'idm-b'].map((id) => observedOfTest({ id, domain: 'a', tables: [] }));
    if (!a || !b) throw new Error('a pair');
    const evidence = "Unable to resolve 'repl://idm-b.example.com:8444' to ip:port";
    const trouble = {
      code: 'name-not-found',
      health: 'broken',
      cause: '',
      fix: '',
      evidence,
      at: 5,
    } as const;
    const log = {
      from: 0,
      to: 9,
      startedAt: null,
      runningVersion: null,
      listening: true,
      rounds: [],
      troubles: [trouble],
    };
    const tables = observedOfTest({ id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull automatic'] });
    const plan = makePlan(pair, [{ ...tables, log }, b]);
    expect(plan.steps[0]?.risk).toContain('cannot resolve repl://idm-b.example.com:8444');
    expect(makePlan(pair, [a, b]).steps[0]?.risk).toBe(
      'kanidmd restarts: logins on this server pause for a moment',
    );
  });

  it('automatic_refresh beside a partner nobody knows is taken off, and said', () => {
    const fleet = fleetOfTest(['idm-a', 'idm-b'], ['idm-a ~> idm-b automatic']);
    const plan = makePlan(fleet, [
      observedOfTest({ id: 'idm-a', domain: 'a', tables: ['idm-b allow-pull'] }),
      observedOfTest({ id: 'idm-b', domain: 'a', tables: ['idm-a pull automatic', 'idm-x mutual-pull'] }),
    ]);
    expect(plan.steps[0]).toMatchObject({
      server: trusted<ServerId>('idm-b'),
      summary: 'Turn automatic_refresh off on idm-b',
    });
    expect(plan.steps.filter((step) => step.action === 'configure')).toHaveLength(1);
    expect(plan.problems.map((it) => it.code)).toContain('automatic-refresh-beside-unknown');
  });
});
