import type { DomainUuid, ServerId } from '../../../../shared/base/names';
import type { Fault } from '../../../../shared/base/result';
import { ownersOf } from '../../../../shared/fleet/model/owners';
import { originOutside } from '../../../../shared/fleet/rules/domains';
import { willRunWith } from '../../../../shared/observed/observed-config';
import type { Step } from '../../../../shared/plan/steps/step';
import { readServerConfig } from '../../../../shared/server-config/read-server-config';
import { partnersOf, pulls, type ServerConfig } from '../../../../shared/server-config/server-config';
import type { Call } from '../../base/call';
import { readDomainOf } from '../../fleet/probe/probe-server';
import { cancelled } from '../deployment/cancelled';
import { type Deployment, faultAt, baselineAt, type Site } from '../deployment/deployment';

/** Which database a server holds, and whose it may take: by their domains (`kanidm.md`, "Refresh erases", 4). */

/** The domain this deploy knows a server to be in: as probed, or as its own steps left it; null: not known. */
export const domainOf = (deployment: Pick<Deployment, 'baselines'>, site: Site): DomainUuid | null =>
  baselineAt(deployment, site).domain;

/** What its database calls that domain. */
export const domainNameOf = (deployment: Pick<Deployment, 'baselines'>, site: Site): string | null =>
  baselineAt(deployment, site).domainName;

/**
 * The domains a server may be in once a step has started it, besides the one it was in: those of whose data the step is
 * there to make it take.
 */
export function mayTake(deployment: Deployment, step: Step, site: Site): readonly DomainUuid[] {
  const { id } = site.server;
  if (!step.erases.includes(id)) return [];
  if (step.action === 'refresh') return [step.domain];
  const text = baselineAt(deployment, site).text ?? '';
  const config = readServerConfig(new TextEncoder().encode(text), { server: id });
  return config.ok ? sourcesOf(deployment, config.value).flatMap((it) => domainOf(deployment, it) ?? []) : [];
}

/**
 * Why a server must not take its suppliers' data now: one of them does not hold the database that the plan was made from.
 * A supplier that was reborn empty would leave nothing of either. With data of a domain that its origin lies outside of, a
 * server does not start again.
 * @param files what the servers run with from now on.
 * @returns null when every supplier that is known is what it was.
 */
export async function guardSources(
  deployment: Deployment,
  erased: readonly ServerId[],
  files: ReadonlyMap<ServerId, ServerConfig>,
  call: Call,
): Promise<Fault | null> {
  const pairs = erased.flatMap((id) => {
    const [taker, config] = [deployment.sites.get(id), files.get(id)];
    return taker && config ? sourcesOf(deployment, config).map((site) => ({ taker, config, site })) : [];
  });
  const faults = await Promise.all(
    pairs.map(async ({ taker, config, site }): Promise<Fault | null> => {
      const planned = domainOf(deployment, site);
      if (planned === null) return null;
      const now = await readDomainOf(site.connection, call);
      if (!now.ok) return deployment.signal.aborted ? cancelled(null) : faultAt(site, now);
      if (now.value.uuid !== planned) return otherSource(site.server.id, planned, now.value.uuid);
      const { id } = taker.server;
      const origin = willRunWith({ ...taker.observed, config })?.origin ?? null;
      const outside = originOutside(id, origin, now.value.name, site.server.id);
      return outside && { code: 'origin-outside-database', ...outside, where: { server: id } };
    }),
  );
  return faults.find((it) => it !== null) ?? null;
}

/** The servers that a server with this file pulls from. */
function sourcesOf(deployment: Deployment, config: ServerConfig): readonly Site[] {
  const ownerOf = ownersOf(
    deployment.fleet,
    [...deployment.sites.values()].map((it) => it.observed),
  );
  return partnersOf(config)
    .filter((it) => pulls(it.type))
    .flatMap((it) => {
      const owner = ownerOf(it);
      return (owner === null ? undefined : deployment.sites.get(owner)) ?? [];
    });
}

const otherSource = (server: ServerId, planned: DomainUuid, now: DomainUuid): Fault => ({
  code: 'database-changed',
  message: `${server} holds another database than when the plan was made, and its data would replace others'.`,
  fix: `Look at what ${server} holds and whether its database is where its db_path says; then plan again. Nothing was erased by this step.`,
  detail: domains(planned, now),
  where: { server },
});

/** A server that started, and holds another database than before. */
export const otherDatabase = (server: ServerId, before: DomainUuid, now: DomainUuid): Fault => ({
  code: 'database-changed',
  message: `${server} came up with another database than it held before its start.`,
  fix: `See that db_path of ${server} names the file it had, and that the file is there. No other server was touched by this step; give nobody its data until it is back.`,
  detail: domains(before, now),
  where: { server },
});

/** The detail of a fault about a database that changed: the `domain_uuid` of then and of now. */
export const domains = (before: string, now: string): string => `domain then ${before}\ndomain now  ${now}`;
