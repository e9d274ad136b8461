import { describePull } from '../fleet/model/fleet';
import type { StatusReport } from '../observed/status';
import { certificateChanged } from './certificates-due';
import { EVENT_FORMAT } from './certificate-due';
import type { FleetEvent } from './fleet-event';

/**
 * What happened to HTTPS and logins between two readings. A cause that changes is news only of what is wrong: the words
 * of what is well may name its moment.
 * @param at milliseconds since the epoch.
 */
export function* servesEvents(
  before: StatusReport | null,
  after: StatusReport,
  at: number,
): Iterable<FleetEvent> {
  const head = { format: EVENT_FORMAT, at } as const;
  const servers = new Map(before?.serves?.servers.map((it) => [it.server, it]));
  for (const { server, state, cause, fix, certificate } of after.serves?.servers ?? []) {
    const was = servers.get(server);
    if (was?.state !== state || (state !== 'serves' && was.cause !== cause))
      yield { ...head, kind: 'serves-state', server, from: was?.state ?? null, to: state, cause, fix };
    yield* certificateChanged(at, { server, use: 'https' }, was?.certificate ?? null, certificate);
  }
  const logins = new Map(before?.serves?.logins.map((it) => [describePull(it), it]));
  for (const now of after.serves?.logins ?? []) {
    const was = logins.get(describePull(now));
    const { consumer, supplier, state, cause, fix } = now;
    if (was?.state !== state || (state !== 'good' && was.cause !== cause))
      yield {
        ...{ ...head, kind: 'logins-state', consumer, supplier },
        ...{ from: was?.state ?? null, to: state, cause, fix },
      };
  }
}
