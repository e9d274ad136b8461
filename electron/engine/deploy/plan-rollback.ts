import { serverId } from '../../../shared/names';
import { isOlderThanItsFile } from '../../../shared/plan/older-than-file';
import { draftOf, planOf } from '../../../shared/plan/make-plan';
import type { Plan } from '../../../shared/plan/plan';
import { type Problem, problemOf } from '../../../shared/problem';
import type { ObservedFleet } from '../observe-fleet';
import type { Touched } from './chain';
import { unread } from './plan-put-back';
import type { DeployRecord } from './read-journal';
import { refreshNotUndone } from './refresh-not-undone';

/**
 * Puts back, byte for byte, the file every server had before a deploy and its resumes, newest first. A file that is not
 * one of those they wrote was changed by somebody else and stays. A refresh cannot be undone: the plan says where the
 * backup is and what to type.
 */
export function planRollback(
  fleet: ObservedFleet,
  chain: readonly DeployRecord[],
  touched: readonly Touched[],
): Plan {
  const draft = draftOf(fleet.fleet, fleet.observed);
  const problems: Problem[] = chain.flatMap((record) => refreshNotUndone(record, fleet));
  for (const it of [...touched].sort((a, b) => b.order - a.order)) {
    const id = serverId(it.server);
    const seen = fleet.observed.find(({ id: other }) => other === id);
    const server = id === null ? undefined : draft.server(id);
    if (id === null || !seen || !server) {
      problems.push({ ...unread(it.server), where: { server: it.server } });
      continue;
    }
    const before = draft.steps.length;
    if (it.original !== null && server.file.text !== it.original) {
      if (!it.written.has(server.file.sha256)) {
        problems.push(changedByOthers(it.server, server.file.path));
        continue;
      }
      const added = draft.putBack(id, it.original, {
        summary: `Put ${id}'s previous server.toml back`,
        why: 'It is the file it had before the deploy.',
      });
      if (!added.ok) problems.push({ ...problemOf(added.error), server: null });
    }
    if (draft.steps.length > before) continue;
    if (it.refreshing || seen.state === 'stopped' || it.unread !== null || isOlderThanItsFile(seen))
      draft.restart(
        id,
        `The deploy was interrupted while it was at work on ${id}: it must run with the file that is there, and a refresh that may be queued must go.`,
      );
  }
  return planOf(draft, problems);
}

const changedByOthers = (server: string, file: string): Problem => ({
  severity: 'error',
  code: 'file-changed',
  server,
  message: `${server}'s server.toml is not one that this deploy wrote: somebody changed it since, so it stays.`,
  fix: 'Compare it with the earlier files in the history (kanilink history FLEET) and put one back by choice.',
  where: { server, file },
});
