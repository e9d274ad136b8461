import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Mutation, mutations, naive } from '../../../test/support/mutants';
import { type Planner, type Trial, tryOut } from '../../../test/support/trial';
import { worldCases } from '../../../test/support/world-cases';
import { makePlan } from './make-plan';

/*
 * Executing any plan on a model of Kanidm's refresh rules, with an adversary who chooses who answers, who restarts and
 * where a deploy is cut off, never erases a server that was not named, and ends converged or refused with the reason. The
 * naive order and a planner that forgets one rule must fail the same test.
 */

const long = process.env['KANILINK_LONG'] === '1';
const runs = long ? 20_000 : 160;
/** Every case plans and executes a whole fleet, some of them several times; milliseconds. */
const limit = runs * 1500;

/** Where each is found out soon; with any other seed it takes some hundred fleets at most. The long run takes any. */
const seeds: Readonly<Record<string, number>> = {
  'several suppliers during a refresh': 26,
  'cascades ignored': 26,
  'automatic refresh left on': 2,
  'mutual-pull towards an outsider': 8,
  'queued refreshes forgotten': 29,
  'older processes restarted last': 10,
};

const ours: Planner = (it, world) => makePlan(it.fleet, world.observe(it.fleet.servers.map(({ id }) => id)));

describe('a plan', () => {
  it(
    'never erases a server that was not named, takes only the primary’s data, and converges',
    () => {
      const trials: Trial[] = [];
      fc.assert(
        fc.property(worldCases, (it) => {
          const trial = tryOut(it, ours);
          trials.push(trial);
          expect(trial.broken).toBeNull();
        }),
        { numRuns: runs, verbose: 1 },
      );
      const seen = shares(trials);
      console.info(
        `${runs} fleets: ${Object.entries(seen)
          .map(([what, share]) => `${what} ${Math.round(share * 100)} %`)
          .join(', ')}`,
      );
      // Refusing everything would pass too. What is lost without anybody's doing is not tried; of the rest:
      expect(seen['doomed before']).toBeLessThan(0.4);
      expect(seen['carried out']).toBeGreaterThan(0.75);
      expect(seen['without an error']).toBeGreaterThan(0.3);
      expect(seen['with refreshes']).toBeGreaterThan(0.35);
      expect(seen['cut off or unanswered']).toBeGreaterThan(0.2);
      for (const rare of ['with a renewal', 'restarts for a queued refresh', 'a server taken out'])
        expect(seen[rare], rare).toBeGreaterThan(0);
    },
    limit,
  );

  it.each<[string, Planner, number]>([
    ['in the naive order', naive, 1],
    ...Object.entries(mutations).map(([name, mutate]): [string, Planner, number] => [
      name,
      spoilt(mutate),
      seeds[name] ?? 1,
    ]),
  ])(
    'fails this very test when spoilt: %s',
    (_name, planner, seed) => {
      const found = fc.check(
        fc.property(worldCases, (it) => {
          const { broken } = tryOut(it, planner);
          return broken === null || !/erased|took/.test(broken);
        }),
        { numRuns: 20_000, endOnFailure: true, ...(long ? {} : { seed }) },
      );
      expect(found.failed).toBe(true);
    },
    600_000,
  );
});

function spoilt(mutate: Mutation): Planner {
  return (it, world) => {
    const plan = ours(it, world);
    return { ...plan, steps: mutate(plan.steps) };
  };
}

/** How often each thing happened, as shares of the fleets that were tried. */
function shares(trials: readonly Trial[]): Record<string, number> {
  const tried = trials.filter((it) => it.outcome !== 'doomed');
  const share = (is: (it: Trial) => boolean): number => tried.filter(is).length / tried.length;
  const some = (is: (plan: Trial['plans'][number]) => boolean) => share((it) => it.plans.some(is));
  return {
    'doomed before': 1 - tried.length / trials.length,
    'carried out': share((it) => it.outcome === 'carried-out'),
    refused: share((it) => it.outcome === 'refused'),
    'without an error': share(
      (it) => it.plans.at(-1)?.problems.every((that) => that.severity !== 'error') ?? false,
    ),
    'with refreshes': some((plan) => plan.steps.some((step) => step.action === 'refresh')),
    'cut off or unanswered': share((it) => it.plans.length > 1),
    'with a renewal': some((plan) => plan.steps.some((step) => step.action === 'renew-certificate')),
    'restarts for a queued refresh': some((plan) =>
      plan.steps.some((step) => step.why.includes('may still be queued')),
    ),
    'a server taken out': some((plan) => plan.problems.some((it) => it.code === 'stop-removed-server')),
  };
}
