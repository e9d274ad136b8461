import type { StartStep } from '../../../../shared/plan/steps/start';
import { type Deployment, faultAt, stepDone, stepFailed, type StepResult } from '../deployment/deployment';
import { bringUp } from './bring-up';
import { startHealthy } from './restart-healthy';

/** Starts a process where none runs, with the file that is there. One that somebody started meanwhile is left alone. */
export const start = (deployment: Deployment, step: StartStep): Promise<StepResult> =>
  bringUp(deployment, step, {
    ended: async (site, call) => {
      const state = await site.connection.service.state(call);
      if (!state.ok) return stepFailed(faultAt(site, state));
      return state.value.state === 'running' ? stepDone(RUNS) : null;
    },
    up: (site, replication) => startHealthy(deployment, step, site, replication),
  });

const RUNS = 'It runs already: somebody else started it. Nothing was done.';
