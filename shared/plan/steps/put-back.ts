import { writeFile } from '../commands/write-file';
import { plainStep, type StepDescriptor } from './descriptor';
import { z } from 'zod';
import { ids } from '../../base/ids';
import { anyStep, unreadFile } from './any-step';

/** Puts an earlier server.toml back, byte for byte, and restarts, as `configure` does. */
export const schema = z
  .object({
    ...anyStep,
    action: z.literal('put-back'),
    path: z.string(),
    ...unreadFile,
    /** The file it replaces. */
    from: z.object({ sha256: ids.sha256 }).readonly(),
    /** The whole earlier file. */
    text: z.string(),
  })
  .readonly();
export type PutBackStep = z.output<typeof schema>;

export const kind: StepDescriptor<PutBackStep> = {
  ...plainStep,
  label: 'puts a file back and restarts',
  past: { pulls: false, words: (servers) => `The earlier server.toml is back on ${servers.join(' and ')}.` },
  changes: true,
  undo: 'puts-file-back',
  restarts: () => true,
  commands: (step, context) => writeFile(step, [], context),
};
