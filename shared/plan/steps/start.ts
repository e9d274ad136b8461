import { comeUp } from '../commands/come-up';
import { plainStep, type StepDescriptor } from './descriptor';
import { z } from 'zod';
import { shownDiff } from '../../base/shown';
import { anyStep } from './any-step';

/** Starts kanidmd where it does not run. */
export const schema = z
  .object({
    ...anyStep,
    action: z.literal('start'),
    /** The server.toml it will read, certificates masked. */
    reads: shownDiff,
  })
  .readonly();
export type StartStep = z.output<typeof schema>;

export const kind: StepDescriptor<StartStep> = {
  ...plainStep,
  label: 'starts',
  past: { pulls: false, words: (servers) => `kanidmd was started on ${servers.join(' and ')}.` },
  changes: true,
  // A refresh that was asked for went with the process that is gone.
  play: (step, stage) => stage.restart(step.server),
  commands: (step, context) =>
    comeUp(step, context, '', ({ name, id }) => [`clock_${name} > ${id}.since`, `service_${name} start`]),
};
