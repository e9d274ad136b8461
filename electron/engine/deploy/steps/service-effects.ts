import type { Step } from '../../../../shared/plan/steps/step';
import type { ServiceState } from '../../../../shared/observed/observed';
import { type Fault, fail, type Result } from '../../../../shared/base/result';
import { uncancelled } from '../../base/time';
import { effect } from '../deployment/effect';
import type { Deployment, Site } from '../deployment/deployment';
import { sayIfStillStopping } from '../guards/still-stopping';
import { guardStart } from '../guards/tested-file';

/** A stop that hangs because a partner's name does not resolve ends by systemd's kill: 40 s measured, 90 s systemd's default. */
const RESTART_LIMIT = 150_000;
const STOP_LIMIT = 120_000;

/** What came of asking the manager. `asked`: it was, so that the server may have changed though the answer is a fault. */
export interface Asked {
  readonly asked: boolean;
  readonly outcome: Result<ServiceState>;
}

/**
 * The only way in which a deploy restarts kanidmd. kanidmd reads its file at its start, so a copy of the file that lies
 * there is tested before (`guardStart`), whatever step asks for the restart.
 * @param begun its file was replaced already: see `effect`.
 * @param before called right before the manager is asked.
 */
export async function restartService(
  deployment: Deployment,
  step: Step,
  site: Site,
  begun: boolean,
  before: () => void,
): Promise<Asked> {
  return guarded(deployment, site, (asking) =>
    effect(
      deployment,
      step,
      site,
      { effect: 'restart' },
      () => {
        asking();
        before();
        return stopping(deployment, step, site, () =>
          site.connection.service.restart(uncancelled(RESTART_LIMIT)),
        );
      },
      begun,
    ),
  );
}

/** The only way in which a deploy stops kanidmd: to start it again, so the file it will read is tested before. */
export const stopService = (deployment: Deployment, step: Step, site: Site): Promise<Asked> =>
  guarded(deployment, site, (asking) =>
    effect(deployment, step, site, { effect: 'stop' }, () => {
      asking();
      return stopping(deployment, step, site, () => site.connection.service.stop(uncancelled(STOP_LIMIT)));
    }),
  );

/**
 * Starts what `stopService` stopped in the same step; a file that was changed meanwhile is tested, too. Whoever took the lock
 * over meanwhile may be writing, so it then stays stopped.
 */
export const startService = (deployment: Deployment, step: Step, site: Site): Promise<Asked> =>
  starting(deployment, step, site, true, () => undefined);

/**
 * Starts a server that did not run before the deploy. @param before called right before the manager is asked.
 */
export const startStopped = (
  deployment: Deployment,
  step: Step,
  site: Site,
  before: () => void,
): Promise<Asked> => starting(deployment, step, site, false, before);

const starting = (
  deployment: Deployment,
  step: Step,
  site: Site,
  begun: boolean,
  before: () => void,
): Promise<Asked> =>
  guarded(deployment, site, (asking) =>
    effect(
      deployment,
      step,
      site,
      { effect: 'start' },
      () => {
        asking();
        before();
        return site.connection.service.start(uncancelled(STOP_LIMIT));
      },
      begun,
    ),
  );

/** Says so while a stop takes long. */
async function stopping(
  deployment: Deployment,
  step: Step,
  site: Site,
  run: () => Promise<Result<ServiceState>>,
): Promise<Result<ServiceState>> {
  const answered = sayIfStillStopping(site.connection, (text) => deployment.say(step.id, text));
  try {
    return await run();
  } finally {
    answered();
  }
}

async function guarded(
  deployment: Deployment,
  site: Site,
  run: (asking: () => void) => Promise<Result<ServiceState>>,
): Promise<Asked> {
  const unfit: Fault | null = await guardStart(deployment, site);
  if (unfit !== null) return { asked: false, outcome: fail(unfit) };
  let asked = false;
  const outcome = await run(() => (asked = true));
  return { asked, outcome };
}
