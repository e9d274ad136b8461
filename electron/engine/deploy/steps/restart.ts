import type { RestartStep } from '../../../../shared/plan/steps/restart';
import type { Deployment, StepResult } from '../deployment/deployment';
import { bringUp } from './bring-up';
import { restartHealthy } from './restart-healthy';

/** Starts a process again with the file that is there. */
export const restart = (deployment: Deployment, step: RestartStep): Promise<StepResult> =>
  bringUp(deployment, step, {
    ended: () => Promise.resolve(null),
    up: (site, replication) => restartHealthy(deployment, step, site, replication, false),
  });
