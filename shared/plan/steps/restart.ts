import { comeUp } from '../commands/come-up';
import { plainStep, type StepDescriptor } from './descriptor';
import { z } from 'zod';
import { anyStep, unreadFile } from './any-step';

/** Restarts kanidmd: its file is newer than the process, a refresh may be queued, or somebody asked for it. */
export const schema = z
  .object({
    ...anyStep,
    action: z.literal('restart'),
    ...unreadFile,
  })
  .readonly();
export type RestartStep = z.output<typeof schema>;

export const kind: StepDescriptor<RestartStep> = {
  ...plainStep,
  label: 'restarts',
  past: { pulls: false, words: (servers) => `kanidmd was restarted on ${servers.join(' and ')}.` },
  changes: true,
  restarts: () => true,
  // A refresh that was asked for before is dropped.
  play: (step, stage) => stage.restart(step.server),
  commands: (step, context) =>
    comeUp(step, context, 'What runs may have read another file at its start. ', ({ name, id }) => [
      `restart ${name} ${id}.since`,
    ]),
};
