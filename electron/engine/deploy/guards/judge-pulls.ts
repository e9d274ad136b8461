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
  // A supplier's log has to reach back to its consumer's newest round.
  const windowMs = proofWindowMs(runsWith(consumer.observed));
  const look = async (site: Site): Promise<Seen> => {
    const { connection, observed, server } = site;
    const since = deployment.restarted.get(server.id) ?? null;
    const reading = await takeLogReading(connection, observed, deployment.clock, call, since, windowMs);
    return { site, reading };
  };
  const [mine, theirs] = await Promise.all([
    look(consumer),
    Promise.all(suppliers.map(async ({ site, origin }) => ({ ...(await look(site)), origin }))),
  ]);
  const judged = async (
    known: (seen: Seen) => Reading | Promise<Reading>,
  ): Promise<readonly PullHealth[]> => {
    const [my, all] = await Promise.all([
      known(mine),
      Promise.all(theirs.map(async (it) => ({ ...it, reading: await known(it) }))),
    ]);
    return all.map(({ site, origin, reading }) =>
      judgePull(pullInput(consumer.server.id, my, site.server.id, reading, origin)),
    );
  };
  const ifOneDomain = await judged(({ reading }) => ({ ...reading, domain: ANY }));
  if (!ifOneDomain.some((pull) => pull.health === 'replicating')) return judged(({ reading }) => reading);
  return judged(({ site, reading }) =>
    reading.state === 'running' ? withDomain(reading, site.connection, call) : reading,
  );
}

interface Seen {
  readonly site: Site;
  readonly reading: Reading;
}

/** Supposed of both sides, to ask what the logs alone say; never judged by. */
const ANY: Domain = {
  name: '',
  uuid: trusted<DomainUuid>('00000000-0000-0000-0000-000000000000'),
  level: null,
};
