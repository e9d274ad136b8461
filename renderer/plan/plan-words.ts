import type { PlanView } from '../../shared/ipc';
import { count, list } from '../state/words';

export type PlanStep = PlanView['steps'][number];

/** Steps in a row on one server, in the order they run. */
export interface ServerSteps {
  readonly server: string;
  readonly steps: readonly PlanStep[];
}

/** The steps in their order, cut where the server changes: what runs first is read first. */
export function groupByServer(steps: readonly PlanStep[]): readonly ServerSteps[] {
  const groups: { server: string; steps: PlanStep[] }[] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    if (last?.server === step.server) last.steps.push(step);
    else groups.push({ server: step.server, steps: [step] });
  }
  return groups;
}

/** Servers whose whole database the plan replaces, each once. */
export const erasedBy = (plan: Pick<PlanView, 'steps'>): readonly string[] => [
  ...new Set(plan.steps.flatMap((step) => step.erases)),
];

/** Servers the plan restarts, each once. */
export const restartedBy = (plan: Pick<PlanView, 'steps'>): readonly string[] => [
  ...new Set(plan.steps.filter((step) => step.restarts).map((step) => step.server)),
];

/** Steps that change something, without the reading and proving around them. */
export const changesOf = (plan: Pick<PlanView, 'steps'>): number =>
  plan.steps.filter((step) => ['configure', 'restart', 'refresh'].includes(step.action)).length;

/** Servers that still have to be configured for the fleet as drawn. */
export const configuredBy = (plan: Pick<PlanView, 'steps'> | null): ReadonlySet<string> =>
  new Set(plan?.steps.filter((step) => step.action === 'configure').map((step) => step.server) ?? []);

/** What the button does, and how much: `Deploy · 6 steps · erases idm-b`. */
export function deployLabel(plan: Pick<PlanView, 'steps'>): string {
  const erased = erasedBy(plan);
  const erases = erased.length > 0 ? ` · erases ${list(erased)}` : '';
  return `Deploy · ${count(plan.steps.length, 'step')}${erases}`;
}

/** True when every server that is erased was named by its exact id. */
export const consented = (erased: readonly string[], typed: Readonly<Record<string, string>>): boolean =>
  erased.every((server) => (typed[server] ?? '').trim() === server);
