import { serverId } from '../../../../shared/base/names';
import { builderOf, planOf } from '../../../../shared/plan/make/make-plan';
import type { Plan } from '../../../../shared/plan/model/plan';
import { type Problem, problemOf } from '../../../../shared/base/problem';
import type { ObservedFleet } from '../../fleet/observe-fleet';
import type { DeployRecord } from '../journal/read-journal';

/** Puts one earlier server.toml back on its server, under the same rules as any other change. */
export function planPutBack(fleet: ObservedFleet, server: string, text: string, of: DeployRecord): Plan {
  const builder = builderOf(fleet.fleet, fleet.observed);
  const id = serverId(server);
  const problems: Problem[] = [];
  if (id === null || !builder.server(id)) problems.push({ ...unread(server), where: { server } });
  else {
    const added = builder.putBack(id, text, {
      summary: `Put an earlier server.toml of ${id} back`,
      why: `It is the file the deploy of ${of.header.at} kept.`,
    });
    if (!added.ok) problems.push({ ...problemOf(added.error), server: null });
  }
  return planOf(builder, problems);
}

/** The file of a server that nobody can read now cannot be compared with another. */
export const unread = (server: string): Omit<Problem, 'where'> => ({
  severity: 'error',
  code: 'server-not-read',
  server,
  message: `${server}’s server.toml cannot be read now, so nothing is put back on it.`,
  fix: 'Make the server reachable, then try again.',
});
