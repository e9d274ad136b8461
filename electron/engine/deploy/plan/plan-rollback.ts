import { isOlderThanItsFile } from '../../../../shared/plan/make/older-than-file';
import { builderOf, planOf } from '../../../../shared/plan/make/make-plan';
import type { Plan } from '../../../../shared/plan/model/plan';
import { type Problem, problemOf } from '../../../../shared/base/problem';
import type { ObservedFleet } from '../../fleet/observe-fleet';
import type { ServerActivity } from '../journal/chain';
import { unread } from './plan-put-back';
import type { DeployRecord } from '../journal/read-journal';
import { refreshNotUndone } from './refresh-not-undone';

/**
 * Puts back, byte for byte, the file every server had before a deploy and its resumes, newest first. A file that is not
 * one of those they wrote was changed by somebody else and stays. A refresh cannot be undone: the plan says where the
 * backup is and what to type.
 * @param of the deploy that was named, or found.
 */
export function planRollback(
  fleet: ObservedFleet,
  of: DeployRecord,
  chain: readonly DeployRecord[],
  touched: readonly ServerActivity[],
): Plan {
  const builder = builderOf(fleet.fleet, fleet.observed);
  const problems: Problem[] = [
    ...(of.outcome === 'done' ? [endedWell(of)] : []),
    ...chain.flatMap((record) => refreshNotUndone(record, fleet)),
  ];
  for (const it of [...touched].sort((a, b) => b.order - a.order)) {
    const id = it.server;
    const seen = fleet.observed.find(({ id: other }) => other === id);
    const server = builder.server(id);
    if (!seen || !server) {
      problems.push({ ...unread(it.server), where: { server: it.server } });
      continue;
    }
    const before = builder.steps.length;
    if (it.original !== null && server.file.text !== it.original) {
      if (!it.written.has(server.file.sha256)) {
        problems.push(changedByOthers(it.server, server.file.path));
        continue;
      }
      const added = builder.putBack(id, it.original, {
        summary: `Put ${id}’s previous server.toml back`,
        why: 'It is the file it had before the deploy.',
      });
      if (!added.ok) problems.push({ ...problemOf(added.error), server: null });
    }
    // A server that was to be started did not run before: it may stay so.
    if (builder.steps.length > before || chain[0]?.header.purpose === 'start') continue;
    if (it.queued !== null || seen.state === 'stopped' || it.unread !== null || isOlderThanItsFile(seen))
      builder.restart(
        id,
        `The deploy was interrupted while it was at work on ${id}: it must run with the file that is there, and a refresh that may be queued must go.`,
      );
  }
  return planOf(builder, problems);
}

/** A deploy that ended well is no half-done work: undoing it takes away what replicates. */
const endedWell = (of: DeployRecord): Problem => ({
  severity: 'warning',
  code: 'rolls-back-finished',
  server: null,
  message: `The deploy ${of.deploy} ended well: its files go back, the links it made with them, and what replicates by these links stops.`,
  fix: 'Each server keeps the data it has then. To link them again: kanilink apply FLEET.',
  where: {},
});

const changedByOthers = (server: string, file: string): Problem => ({
  severity: 'error',
  code: 'file-changed',
  server,
  message: `${server}’s server.toml is not the file this deploy wrote: it was changed later, by another deploy or by hand, so it stays.`,
  fix: 'Compare it with the earlier files in the history (kanilink history FLEET) and put one back by choice.',
  where: { server, file },
});
