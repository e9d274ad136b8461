import { fleetRevision, revisionOf } from '../../../../shared/observed/revision';
import type { ObservedServer } from '../../../../shared/observed/observed';
import { type Plan, planWith } from '../../../../shared/plan/model/plan';

/**
 * A plan with the readings it was made from. To the rules a server that has not answered yet is one that cannot be
 * reached; nobody is told that of it.
 */
export function withReadings(plan: Plan, observed: readonly ObservedServer[]): Plan {
  const seen = observed.map((server) => ({ id: server.id, revision: revisionOf(server) }));
  const awaited = new Set<string | null>(observed.filter(isAwaited).map(({ id }) => id));
  const told = plan.problems.filter(({ server }) => !awaited.has(server));
  return {
    ...planWith(plan, told),
    notRead: observed.filter(({ config }) => config === null).map(({ id }) => id),
    observed: fleetRevision(seen),
  };
}

/** Nothing came of it yet, not even a refusal. */
const isAwaited = ({ facts, faults }: ObservedServer): boolean => facts === null && faults.length === 0;
