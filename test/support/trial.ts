import { readTopology } from '../../shared/fleet/model/topology';
import type { Plan } from '../../shared/plan/model/plan';
import type { Step } from '../../shared/plan/steps/step';
import { World } from './world';
import { serverAtOfTest, type WorldCase } from './world-cases';

/** Draws up a plan from what a probe shows. */
export type Planner = (it: WorldCase, world: World) => Plan;

export interface Trial {
  /**
   * `doomed`: the servers would have erased each other without anybody's doing, so nothing was tried. `refused`: the plan
   * was blocked, with the reason. `carried-out`: to its end.
   */
  readonly outcome: 'doomed' | 'refused' | 'carried-out';
  /** What was not kept of the promise; null: nothing. */
  readonly broken: string | null;
  readonly plans: readonly Plan[];
}

/** Deploys after which the adversary has to let refreshes through, and nobody cuts a deploy off any more. */
const PATIENCE = 4;

/**
 * Carries plans out on the model world until one is through: with the adversary between the steps, deploys that are cut
 * off at any step and half of a step, refreshes that nobody answers. After each of these it is planned again from what the
 * servers show then, as a resume does.
 */
export function tryOut(it: WorldCase, planner: Planner): Trial {
  let turn = 0;
  const choose = (count: number): number => ((it.choices[turn++ % it.choices.length] ?? 0) + turn) % count;
  const world = new World(it.servers, serverAtOfTest, choose);
  if (world.isDoomed()) return { outcome: 'doomed', broken: null, plans: [] };
  const plans: Plan[] = [];
  const end = (outcome: Trial['outcome'], broken: string | null): Trial => ({ outcome, broken, plans });
  for (let round = 0; round < 2 * PATIENCE; round += 1) {
    const plan = planner(it, world);
    plans.push(plan);
    // One that errors about single servers leave without a step is carried out: what they do not say is missing.
    if (plan.blocked && (plan.steps.length > 0 || ofFleet(plan).length > 0))
      return end('refused', whyUnsaid(plan) ?? whatWasLost(it, world, plans));
    world.patient = round >= PATIENCE;
    const ended = carryOut(plan.steps, world, world.patient ? 0 : (it.stops[round] ?? 0), choose);
    const broken = ended.broken ?? whatWasLost(it, world, plans);
    if (broken !== null) return end('carried-out', broken);
    if (!ended.through) continue;
    world.patient = true;
    world.settle();
    return end('carried-out', whatWasLost(it, world, plans) ?? whatIsMissing(it, world, plan, planner));
  }
  return end('carried-out', 'it never came to an end');
}

function carryOut(
  steps: readonly Step[],
  world: World,
  stop: number,
  choose: (count: number) => number,
): { readonly through: boolean; readonly broken: string | null } {
  const ids = [...world.servers.keys()];
  for (const [index, step] of steps.entries()) {
    if (stop > 0 && index === stop) {
      if (step.action === 'configure' && choose(2) === 0) world.write(step);
      return { through: false, broken: null };
    }
    if (!world.run(step)) {
      if (step.action === 'refresh') return { through: false, broken: null };
      return { through: false, broken: `step ${step.id} (${step.summary}) does not hold` };
    }
    const anyone = ids[choose(ids.length)];
    if (choose(3) === 0 && anyone !== undefined && !world.wakes(anyone)) world.restart(anyone);
  }
  return { through: true, broken: null };
}

/** The promise: nobody is erased who was not named, without a backup, or by other data than his primary's. */
function whatWasLost(it: WorldCase, world: World, plans: readonly Plan[]): string | null {
  const named = new Set(plans.flatMap((plan) => plan.steps.flatMap((step) => step.erases)));
  const topology = readTopology(it.fleet);
  for (const { server, tookFrom, data, backedUp } of world.erased) {
    if (!named.has(server)) return `${server} was erased by ${tookFrom} and nobody named it`;
    if (!backedUp) return `${server} was erased by ${tookFrom} and no backup holds what it had`;
    const primary = topology.primaryOf(server);
    const seen = it.servers.find((other) => other.id === primary);
    const wanted = seen?.reachable === true && seen.alive ? seen.data : it.fleet.domainUuid;
    if (data !== wanted) return `${server} took ${data} from ${tookFrom}, not ${primary ?? 'nobody'}’s data`;
  }
  return null;
}

/** Every pull that is drawn replicates, or an error says why not; and planning again finds nothing to do. */
function whatIsMissing(it: WorldCase, world: World, plan: Plan, planner: Planner): string | null {
  const errors = plan.problems.filter((problem) => problem.severity === 'error');
  for (const { consumer, supplier } of readTopology(it.fleet).pulls) {
    const said = errors.some(({ server }) => server === null || server === consumer || server === supplier);
    if (!said && !world.replicates(consumer, supplier)) return `${consumer} ← ${supplier} does not replicate`;
  }
  const again = planner(it, world).steps;
  return again.length === 0 ? null : `there is more to do: ${again.map((step) => step.summary).join('; ')}`;
}

const ofFleet = ({ problems }: Plan) =>
  problems.filter((it) => it.severity === 'error' && it.server === null);

function whyUnsaid(plan: Plan): string | null {
  const reasons = ofFleet(plan);
  return reasons.length > 0 && reasons.every((it) => it.message !== '' && it.fix !== '')
    ? null
    : 'it is refused without a reason';
}
