import type { ObservedServer } from '../../../../shared/observed/observed';
import { builderOf, planOf } from '../../../../shared/plan/make/make-plan';
import type { Plan } from '../../../../shared/plan/model/plan';
import type { ObservedFleet } from '../../fleet/observe-fleet';
import { isYounger, type ServerActivity } from '../journal/chain';
import type { DeployRecord } from '../journal/read-journal';

/**
 * What an interrupted deploy left that must be over before anything can be planned: a refresh that may still be queued and
 * erase later (`kanidm.md`, "Refresh erases", 8), a server that was stopped for a backup or did not start again, a file
 * that was written and no process has read yet. Each such server is restarted, and its log and database tell what happened.
 * @returns null when there is nothing of the kind.
 */
export function planRecovery(
  fleet: ObservedFleet,
  of: DeployRecord,
  touched: readonly ServerActivity[],
): Plan | null {
  const builder = builderOf(fleet.fleet, fleet.observed);
  for (const it of touched) {
    const id = it.server;
    const seen = fleet.observed.find(({ id: other }) => other === id);
    if (!seen || !builder.server(id)) continue;
    if (it.queued !== null && !isYounger(it.queued, seen))
      builder.restart(
        id,
        `A refresh of ${id} was under way when the deploy ${of.deploy} was interrupted: a restart drops a request that may still be queued; then ${id}’s log shows whether it happened.`,
      );
    else if (hasUnread(it, seen))
      builder.restart(
        id,
        `The deploy ${of.deploy} was interrupted between the new server.toml of ${id} and its restart; partners are read only at start.`,
      );
    else if (seen.state === 'stopped')
      builder.restart(
        id,
        `${id} does not run, and the deploy ${of.deploy} was at work on it when it was interrupted.`,
      );
  }
  return builder.steps.length === 0 ? null : planOf(builder, []);
}

/** One of the files it was given is there, and neither the journal nor its process says that it was read. */
const hasUnread = ({ brought, written }: ServerActivity, seen: ObservedServer): boolean =>
  brought !== null && written.has(seen.file?.sha256 ?? '') && !isYounger(brought, seen);
