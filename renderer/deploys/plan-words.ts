import { erasedBy } from '../../shared/plan/consent';
import type { JobKind } from '../../shared/plan/model/job';
import type { Plan } from '../../shared/plan/model/plan';
import type { Step } from '../../shared/plan/steps/step';
import { count, list } from '../base/words';
import { ofOpenFleet } from '../document/fleet-reader';
import { diffLines } from '../ui/diff-lines';

/** Steps in a row on one server, in the order they run. */
export interface ServerSteps {
  readonly server: string;
  readonly steps: readonly Step[];
}

/** The steps in their order, cut where the server changes: what runs first is read first. */
export function groupByServer(steps: readonly Step[]): readonly ServerSteps[] {
  const groups: { server: string; steps: Step[] }[] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    if (last?.server === step.server) last.steps.push(step);
    else groups.push({ server: step.server, steps: [step] });
  }
  return groups;
}

/** Servers the plan restarts, each once. */
export const restartedBy = (plan: Pick<Plan, 'steps'>): readonly string[] => [
  ...new Set(
    plan.steps.filter((step) => ofOpenFleet().stepKindOf(step).restarts(step)).map((step) => step.server),
  ),
];

/** Steps that change something, without the reading and proving around them. */
export const changesOf = (plan: Pick<Plan, 'steps'>): number =>
  plan.steps.filter((step) => ofOpenFleet().stepKindOf(step).changes).length;

/** How much a plan changes, the same wherever it is said: `3 changes`; a plan may only read and prove. */
export function howMuch(plan: Pick<Plan, 'steps'>): string {
  const changes = changesOf(plan);
  if (changes > 0) return count(changes, 'change');
  return plan.steps.length === 0 ? 'no changes' : `${count(plan.steps.length, 'step')}, no changes`;
}

/** `8 steps: 3 changes, and the reading, backing up and checking around them`. */
export function stepsLabel(plan: Pick<Plan, 'steps'>): string {
  const changes = changesOf(plan);
  const all = count(plan.steps.length, 'step');
  if (changes === 0) return `${all}, none of which changes a server`;
  return changes === plan.steps.length
    ? all
    : `${all}: ${count(changes, 'change')}, and the reading, backing up and checking around ${changes === 1 ? 'it' : 'them'}`;
}

/** What changes in one server's file: each change, and how many lines come and go in all. */
export interface ServerDiffs {
  readonly server: string;
  readonly diffs: readonly { readonly step: string; readonly text: string }[];
  readonly added: number;
  readonly removed: number;
}

/** The changes of files, by server, in the order in which they are first touched. */
export function diffsOf(steps: readonly Step[]): readonly ServerDiffs[] {
  const changed = steps.filter((step) => step.diff !== '');
  return [...new Set(changed.map((step) => step.server))].map((server) => {
    const diffs = changed
      .filter((step) => step.server === server)
      .map(({ id, diff }) => ({ step: id, text: diff }));
    const lines = diffs.flatMap(({ text }) => diffLines(text));
    const countOf = (kind: 'added' | 'removed'): number => lines.filter((line) => line.kind === kind).length;
    return { server, diffs, added: countOf('added'), removed: countOf('removed') };
  });
}

const verbs: Partial<Readonly<Record<JobKind, string>>> = { start: 'Start', restart: 'Restart' };

/** What the button does, and how much: `Deploy · 3 changes · erases idm-b`. */
export function deployLabel(plan: Pick<Plan, 'steps'>, job: JobKind = 'apply'): string {
  const erased = erasedBy(plan);
  const erases = erased.length > 0 ? ` · erases ${list(erased)}` : '';
  return `${verbs[job] ?? 'Deploy'} · ${howMuch(plan)}${erases}`;
}

/** True when every server that is erased was named by its exact id. */
export const consented = (erased: readonly string[], typed: Readonly<Record<string, string>>): boolean =>
  erased.every((server) => (typed[server] ?? '').trim() === server);
