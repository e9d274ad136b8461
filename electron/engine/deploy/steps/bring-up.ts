import { replicates } from '../../../../shared/observed/observed-config';
import type { Fault } from '../../../../shared/base/result';
import type { RestartStep } from '../../../../shared/plan/steps/restart';
import type { StartStep } from '../../../../shared/plan/steps/start';
import type { Call } from '../../base/call';
import { cancelled } from '../deployment/cancelled';
import {
  type Deployment,
  type Site,
  siteOf,
  stepDone,
  stepFailed,
  type StepResult,
} from '../deployment/deployment';
import { guardDrift } from '../guards/drift';
import { guardErasures } from '../guards/guard-erasures';
import { guardPartnersRound } from '../guards/partners-round';

/** What a start and a restart do each in its own way. */
export interface BringUp {
  /** Ends the step before anything is done, where it is not needed or not known to be; null: it is needed. */
  readonly ended: (site: Site, call: Call) => Promise<StepResult | null>;
  /** Asks the manager and waits until the server is healthy, with its replication interface if it has one; null: it is. */
  readonly up: (site: Site, replication: boolean) => Promise<Fault | null>;
}

/**
 * Brings a server up with the file that is there: looks for drift, asks the erase rules, brings it up, and waits for its
 * partners' rounds. Cancelled before it is brought up, nothing has changed.
 */
export async function bringUp(
  deployment: Deployment,
  step: StartStep | RestartStep,
  { ended, up }: BringUp,
): Promise<StepResult> {
  const site = siteOf(deployment, step.server);
  const call = { signal: deployment.signal, timeoutMs: 60_000 };
  const drift = await guardDrift(deployment, site, call);
  if (drift !== null) return stepFailed(drift);
  const erases = await guardErasures(
    deployment,
    step,
    { server: step.server, config: null, domain: null },
    call,
  );
  if (erases !== null) return stepFailed(erases);
  const end = await ended(site, call);
  if (end !== null) return end;
  if (deployment.signal.aborted) return stepFailed(cancelled(site.server.id));
  const fault = await up(site, replicates(site.observed));
  const silent = fault ?? (await guardPartnersRound(deployment, step, site, null));
  return silent === null ? stepDone() : stepFailed(silent);
}
