import { NOT_RUNNING_OPTION } from '../../../../shared/plan/model/interrupted';
import type { Fault } from '../../../../shared/base/result';
import type { DeployRecord } from './read-journal';

/** A deploy that runs, or may: nobody else goes on with it. */
export const stillRunning = ({ deploy, header }: Pick<DeployRecord, 'deploy' | 'header'>): Fault => ({
  code: 'deploy-running',
  message: `The deploy ${deploy} is still running, in process ${header.pid} on ${header.host}, as far as can be known here.`,
  fix: `Cancel it there, or wait until it is over. If you know that it does not run any more, say so: ${NOT_RUNNING_OPTION}.`,
  where: {},
});
