import { z } from 'zod';
import { ids } from '../../base/ids';
import { type Problem, problem } from '../../base/problem';
import { type Step, step } from '../steps/step';

/** Desired against observed, as ordered steps. Plain data: what is shown is what runs, what is kept and what is printed. */
export const plan = z
  .object({
    steps: z.array(step).readonly(),
    /** An `error` among them means that something was left out; see `blocked`. */
    problems: z.array(problem).readonly(),
    /** True when an error forbids running the plan as it is; see `isBlocked`. */
    blocked: z.boolean(),
    /** SHA-256 over the steps: a reviewed plan is run only if planning again gives the same. */
    fingerprint: ids.sha256,
    /** Servers whose server.toml was not read: what has to be done on them is not known. */
    notRead: z.array(ids.server).readonly().exactOptional(),
    /** What it was made from (`fleetRevision`): while that stays, planning again would give the same. */
    observed: z.string().exactOptional(),
  })
  .readonly();
export type Plan = z.output<typeof plan>;

/**
 * Whether a plan must not run: an error about the fleet forbids all of it. So does an error about one server where no step is
 * left: a plan without steps that is not blocked says that the servers are as the fleet file says.
 */
export const isBlocked = (steps: readonly Step[], problems: readonly Problem[]): boolean =>
  problems.some(({ severity, server }) => severity === 'error' && (server === null || steps.length === 0));

/** A plan with these problems instead of its own: whether it may run follows from them. */
export const planWith = (plan: Plan, problems: readonly Problem[]): Plan => ({
  ...plan,
  problems,
  blocked: isBlocked(plan.steps, problems),
});
