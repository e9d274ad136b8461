import { block } from '../commands/markdown';
import type { StepContext } from '../commands/step-context';
import { certificateFile } from '../commands/write-file';
import { plainStep, type StepDescriptor } from './descriptor';
import { z } from 'zod';
import { anyStep } from './any-step';

/** Reads the certificate a server has made for itself, for the pins of later steps. */
export const schema = z.object({ ...anyStep, action: z.literal('read-certificate') }).readonly();
export type CertificateStep = z.output<typeof schema>;

export const kind: StepDescriptor<CertificateStep> = {
  ...plainStep,
  label: 'only reads',
  play: (step, stage) => stage.certificateAfter(step.server, step.id, false),
  commands,
};

function commands(step: CertificateStep, context: StepContext): string {
  const { id, name } = context.shell(step.server);
  const file = certificateFile(step.id, id);
  return [
    block(
      'bash',
      `wait_for 120 'the certificate of ${id}' save_certificate ${name} ${file} '' && cat ${file}`,
    ),
    `If none comes, \`kanidmd_${name} show-replication-certificate\` says why. "Unable to connect to socket path" means that something else took the admin socket: restart ${id}.`,
  ].join('\n\n');
}
