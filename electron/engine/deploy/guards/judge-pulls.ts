import type { PullHealth } from '../../../../shared/kanidmd/health';
import { judgePull } from '../../../../shared/health/judge';
import type { Domain } from '../../../../shared/kanidmd/evidence';
import { runsWith } from '../../../../shared/observed/observed-config';
import { type DomainUuid, type Origin, trusted } from '../../../../shared/base/names';
import type { Call } from '../../base/call';
import { proofWindowMs } from '../../fleet/probe/probe-server';
import { pullInput, type Reading, takeLogReading, withDomain } from '../../health/reading';
import type { Deployment, Site } from '../deployment/deployment';

/**
 * Looks at a consumer and its suppliers and judges its pulls, by the log since each was last restarted. The servers are asked
 * for their domains only once the log of some pull says all that it can: looking happens several times a second, and a command
 * on a server costs more than a look at its log. No pull is judged `replicating` without both domains of this very look.
 */
export async function judgePullsOf(
  deployment: Pick<Deployment, 'clock' | 'restarted'>,
  consumer: Site,
  suppliers: readonly { readonly site: Site; readonly origin: Origin }[],
  call: Call,
): Promise<readonly PullHealth[]> {
  const sites = [consumer, ...suppliers.map((it) => it.site)];
  // A supplier's log has to reach back to its consumer's newest round.
  const windowMs = proofWindowMs(runsWith(consumer.observed));
  const readings = await Promise.all(
    sites.map(({ connection, observed, server }) =>
      takeLogReading(
        connection,
        observed,
        deployment.clock,
        call,
        deployment.restarted.get(server.id) ?? null,
        windowMs,
      ),
    ),
  );
  const judged = (all: readonly Reading[]): readonly PullHealth[] =>
    suppliers.flatMap(({ site, origin }, index): PullHealth[] => {
      const [mine, theirs] = [all[0], all[index + 1]];
      return mine && theirs
        ? [judgePull(pullInput(consumer.server.id, mine, site.server.id, theirs, origin))]
        : [];
    });
  const wellIfOneDomain = judged(readings.map((it) => ({ ...it, domain: ANY }))).some(
    (pull) => pull.health === 'replicating',
  );
  if (!wellIfOneDomain) return judged(readings);
  return judged(
    await Promise.all(
      readings.map((reading, index) => {
        const connection = sites[index]?.connection;
        return connection && reading.state === 'running'
          ? withDomain(reading, connection, call)
          : Promise.resolve(reading);
      }),
    ),
  );
}

/** Supposed of both sides, to ask what the logs alone say; never judged by. */
const ANY: Domain = {
  name: '',
  uuid: trusted<DomainUuid>('00000000-0000-0000-0000-000000000000'),
  level: null,
};
