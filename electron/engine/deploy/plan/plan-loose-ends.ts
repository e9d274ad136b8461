import { draftOf, planOf } from '../../../../shared/plan/make/make-plan';
import type { Plan } from '../../../../shared/plan/model/plan';
import type { ObservedFleet } from '../../fleet/observe-fleet';
import type { Touched } from '../journal/chain';
import type { DeployRecord } from '../journal/read-journal';

/**
 * What an interrupted deploy left that must be over before anything can be planned: a refresh that may still be queued and
 * erase later (`kanidm.md`, "Refresh erases", 8), a server that was stopped for a backup or did not start again, a file
 * that was written and no process has read yet. Each such server is restarted, and its log and database tell what happened.
 * @returns null when there is nothing of the kind.
 */
export function planLooseEnds(
  fleet: ObservedFleet,
  of: DeployRecord,
  touched: readonly Touched[],
): Plan | null {
  const draft = draftOf(fleet.fleet, fleet.observed);
  for (const it of touched) {
    const id = it.server;
    const seen = fleet.observed.find(({ id: other }) => other === id);
    if (!seen || !draft.server(id)) continue;
    const restartedSince = (seen.facts?.startedAt ?? 0) - (seen.facts?.clockOffsetMs ?? 0);
    const asked = lastRefresh(it);
    if (it.refreshing && asked !== null && restartedSince <= asked)
      draft.restart(
        id,
        `A refresh of ${id} was under way when the deploy ${of.deploy} was interrupted: a restart drops a request that may still be queued; then ${id}’s log shows whether it happened.`,
      );
    else if (hasUnread(it, seen.file?.sha256 ?? '', restartedSince))
      draft.restart(
        id,
        `The deploy ${of.deploy} was interrupted between the new server.toml of ${id} and its restart; partners are read only at start.`,
      );
    else if (seen.state === 'stopped')
      draft.restart(
        id,
        `${id} does not run, and the deploy ${of.deploy} was at work on it when it was interrupted.`,
      );
  }
  return draft.steps.length === 0 ? null : planOf(draft, []);
}

/** Two clocks that are asked over the network agree within this. Milliseconds. */
export const GRAIN = 1000;

/** One of the files it was given is there, and neither the journal nor its start says that a process has read it. */
const hasUnread = ({ unread, written }: Touched, file: string, restartedSince: number): boolean =>
  unread !== null && written.has(file) && restartedSince <= Date.parse(unread.at) + GRAIN;

/** When the newest refresh was asked for, this computer's clock, with the clocks' grain. */
function lastRefresh(it: Touched): number | null {
  const intent = it.intents.filter(({ effect }) => effect === 'refresh').at(-1);
  return intent ? Date.parse(intent.at) + GRAIN : null;
}
