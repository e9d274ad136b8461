import type { ServerId } from '../base/names';
import type { Problem } from '../base/problem';
import type { Plan } from './model/plan';

/** Servers whose whole database a plan replaces, each once, in the order of its steps. */
export const erasedBy = (plan: Pick<Plan, 'steps'>): readonly ServerId[] => [
  ...new Set(plan.steps.flatMap((step) => step.erases)),
];

/** Those of them that the person did not name: a plan with any of them does not run. */
export const unnamedBy = (plan: Pick<Plan, 'steps'>, named: readonly string[]): readonly ServerId[] =>
  erasedBy(plan).filter((id) => !named.includes(id));

/** Why a plan does not run that erases a server nobody named. */
export const notNamed = (server: ServerId): Problem => ({
  severity: 'error',
  code: 'erase-not-named',
  server,
  message: `The plan erases the whole database of ${server}, which was not named.`,
  fix: `If the data of ${server} may go, name it: --erase ${server}`,
  where: { server },
});
