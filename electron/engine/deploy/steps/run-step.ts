import type { Step, StepKind } from '../../../../shared/plan/steps/step';
import type { Deployment, StepResult } from '../deployment/deployment';
import { backup } from './backup';
import { compare } from './compare';
import { configure } from './configure';
import { putBack } from './put-back';
import { readCertificate } from './read-certificate';
import { refresh } from './refresh';
import { renewCertificate } from './renew-certificate';
import { restart } from './restart';
import { start } from './start';
import { verify } from './verify';

/** How every kind of step is carried out. One that is missing does not compile. */
const carryOut: {
  readonly [K in StepKind]: (
    deployment: Deployment,
    step: Extract<Step, { readonly action: K }>,
  ) => Promise<StepResult>;
} = {
  configure,
  restart,
  start,
  'read-certificate': readCertificate,
  'renew-certificate': renewCertificate,
  backup,
  refresh,
  verify,
  'put-back': putBack,
  compare,
};

/** Carries one step out. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- ties the step to its row
export const runStep = <K extends StepKind>(
  deployment: Deployment,
  step: Extract<Step, { readonly action: K }>,
): Promise<StepResult> => carryOut[step.action](deployment, step);
