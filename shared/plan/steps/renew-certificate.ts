import { block } from '../commands/markdown';
import type { StepContext } from '../commands/step-context';
import { certificateFile } from '../commands/write-file';
import { firstWith } from '../../versions/versions';
import { plainStep, type StepDescriptor } from './descriptor';
import { z } from 'zod';
import { ids } from '../../base/ids';
import { anyStep } from './any-step';

/** Renews a server's replication certificate: its partners must be re-pinned by later steps. */
export const schema = z
  .object({
    ...anyStep,
    action: z.literal('renew-certificate'),
    /** The certificate it shows before. */
    old: ids.certificate,
  })
  .readonly();
export type RenewStep = z.output<typeof schema>;

export const kind: StepDescriptor<RenewStep> = {
  ...plainStep,
  label: 'new certificate',
  changes: true,
  // Nothing brings the old one back.
  undo: 'refused',
  play: (step, stage) => stage.certificateAfter(step.server, step.id, true),
  commands,
};

function commands(step: RenewStep, context: StepContext): string {
  const { id, name } = context.shell(step.server);
  const file = certificateFile(step.id, id);
  return [
    `Check first that ${id} makes rounds with every partner (\`log_${name}\`): with a partner’s name that does not resolve, a renewal never ends. Before ${firstWith('quick-renewal')} the command says "Error - you should inspect the logs." **and has worked**; the new certificate then shows after some 75 s.`,
    block(
      'bash',
      `save_certificate ${name} ${id}.old '' && kanidmd_${name} renew-replication-certificate &&
  wait_for 120 'a new certificate of ${id}' save_certificate ${name} ${file} ${id}.old && cat ${file}`,
    ),
  ].join('\n\n');
}
