import { compareData } from '../commands/compare-data';
import { plainStep, type StepDescriptor } from './descriptor';
import { z } from 'zod';
import { ids } from '../../base/ids';
import { anyStep } from './any-step';

/** Proves from online backups that two servers hold the same data (`kanidm.md`, "Comparing what two servers really hold"). */
export const schema = z.object({ ...anyStep, action: z.literal('compare'), with: ids.server }).readonly();
export type CompareStep = z.output<typeof schema>;

export const kind: StepDescriptor<CompareStep> = {
  ...plainStep,
  label: 'compares data',
  takesDataOf: (step) => [step.with],
  commands: (step, { shell }) => compareData(step.id, shell(step.server), shell(step.with)),
};
