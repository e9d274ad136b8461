import type { VerifyStep } from '../../../../shared/plan/steps/verify';
import { readTopology } from '../../../../shared/fleet/model/topology';
import type { ServesReport } from '../../../../shared/serves/serves';
import { describePull } from '../../../../shared/fleet/model/fleet';
import { type Fault, fail, ok, type Result } from '../../../../shared/base/result';
import { reachesBy } from '../../../../shared/serves/judge-logins';
import { lookAtPulls } from '../../serves/look-fleet';
import { type Clock, until } from '../../base/time';
import { cancelled } from '../deployment/cancelled';
import { type Deployment, type Site, siteOf } from '../deployment/deployment';

/** A server that has just restarted may refuse its first login: broken counts once it lasts so long. Milliseconds. */
const LASTS_MS = 10_000;
const EVERY_MS = 2_000;
/** Requests of one look, in milliseconds. A session that is refused has the time of two rounds beside it. */
const LOOK_MS = 60_000;

/**
 * The last proof of pulls: rounds can succeed while nobody can log in (`kanidm.md`, "Logins").
 * @returns what was proved, a sentence each, and of what could not be asked why nothing is claimed; fault `logins-broken`
 * where a server itself fails a login, and did not before the deploy, or refuses the other's session, `cancelled`.
 */
export async function proveLogins(
  deployment: Deployment,
  step: VerifyStep,
): Promise<Result<readonly string[]>> {
  const { clock, signal } = deployment;
  const ids = [...new Set([step.server, ...step.suppliers.map(({ server }) => server)])];
  const sites = ids.map((id) => {
    const site = siteOf(deployment, id);
    // Its rounds were seen a moment ago, whatever it was when the plan was made.
    return { ...site, observed: { ...site.observed, state: 'running' as const } };
  });
  const pulls = step.suppliers.map(({ server }) => ({ consumer: step.server, supplier: server }));
  // Those that are drawn run by now.
  const all = [...readTopology(deployment.fleet).pulls, ...pulls];
  const report = await lookLasting(sites, { pulls, reaches: reachesBy(all) }, clock, signal, (it) =>
    isOurs(deployment, it),
  );
  if (signal.aborted) return fail(cancelled(step.server, 'logins were proved.', LOOK));
  const broken = faultOf(report, step, deployment);
  return broken === null ? ok(told(report, deployment)) : fail(broken);
}

/** Servers that fail logins now, by their ids; a server that could not be asked is none. */
export async function failingLogins(
  sites: readonly Site[],
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { servers } = await lookLasting(
    sites,
    { pulls: [], reaches: () => false },
    clock,
    signal,
    failsLogins,
  );
  return signal.aborted ? [] : servers.filter(failsLogins).map(({ server }) => server);
}

type Served = ServesReport['servers'][number];

/** Looks until nothing counts as failing, or for as long as a server may take after its start. */
async function lookLasting(
  sites: readonly Site[],
  pulls: Parameters<typeof lookAtPulls>[1],
  clock: Clock,
  signal: AbortSignal,
  fails: (server: Served) => boolean,
): Promise<ServesReport> {
  const looked = await until(clock, { timeoutMs: LASTS_MS, signal, everyMs: EVERY_MS }, async () => {
    const report = await lookAtPulls(sites, pulls, clock, { signal, timeoutMs: LOOK_MS });
    return report.servers.some(fails) ? { done: false, last: report } : { done: true, value: report };
  });
  return looked.done ? looked.value : looked.last;
}

/** It fails logins, and did not before anything was begun. */
const isOurs = ({ loginsFailed }: Deployment, it: Served): boolean =>
  failsLogins(it) && !loginsFailed.has(it.server);

/** It was asked to log somebody in, and what it said is wrong. A certificate alone says nothing of logins. */
const failsLogins = ({ state, login }: Served): boolean => state === 'broken' && login !== 'unknown';

function faultOf({ servers, logins }: ServesReport, step: VerifyStep, deployment: Deployment): Fault | null {
  const server = servers.find((it) => isOurs(deployment, it));
  const pull = logins.find(({ state }) => state === 'broken');
  const said = server ?? pull;
  if (said === undefined) return null;
  const name = server?.server ?? (pull === undefined ? step.server : describePull(pull));
  return {
    code: 'logins-broken',
    message: `Rounds succeed, logins do not: ${name}: ${said.cause}`,
    fix: said.fix,
    where: { server: server?.server ?? step.server },
  };
}

/** Every pull once; where its logins are not proved, the servers' own reasons. */
function told({ servers, logins }: ServesReport, { loginsFailed }: Deployment): readonly string[] {
  if (logins.every(({ state }) => state === 'good')) return logins.map(({ cause }) => cause);
  const silent = servers.filter(({ state }) => state !== 'serves');
  const whys = [
    ...silent.map(
      (it) => `${it.server}: ${failsLogins(it) && loginsFailed.has(it.server) ? BEFORE : ''}${it.cause}`,
    ),
    ...(silent.length > 0 ? [] : logins.filter(({ state }) => state !== 'good')).map(
      (it) => `${describePull(it)}: ${it.cause}`,
    ),
  ];
  const good = logins.flatMap(({ state, cause }) => (state === 'good' ? [cause] : []));
  return [...good, ...whys.map((why) => `Logins are not proved. ${why}`)];
}

/** What a deploy found broken is neither its doing nor proved by it. */
const BEFORE = 'Its logins were broken before this deploy, which does not judge them. ';

const LOOK = 'Resume the deploy, or look at them yourself: kanilink status --logins.';
