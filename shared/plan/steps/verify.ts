import { shellWord } from '../../base/shell-word';
import { parseOrigin } from '../../base/origin';
import { block } from '../commands/markdown';
import type { StepContext } from '../commands/step-context';
import { plainStep, type StepDescriptor } from './descriptor';
import { z } from 'zod';
import { ids } from '../../base/ids';
import { anyStep } from './any-step';

/** Proves that pulls work: fresh rounds since the last restart, no trouble, equal `domain_uuid`. */
export const schema = z
  .object({
    ...anyStep,
    action: z.literal('verify'),
    /** The suppliers this server pulls from. */
    suppliers: z.array(z.object({ server: ids.server, origin: ids.origin }).readonly()).readonly(),
  })
  .readonly();
export type VerifyStep = z.output<typeof schema>;

/** Names in a sentence: `a, b and c`. */
const together = new Intl.ListFormat('en-GB');

export const kind: StepDescriptor<VerifyStep> = {
  ...plainStep,
  label: 'proof',
  past: {
    pulls: true,
    words: (servers) =>
      `Replication verified: ${together.format(servers)} ${servers.length === 1 ? '' : 'each '}completed a fresh round.`,
  },
  looksAt: (step) => step.suppliers.map((it) => it.server),
  commands,
};

function commands(step: VerifyStep, context: StepContext): string {
  const { id, name, proofSeconds } = context.shell(step.server);
  const checks = step.suppliers.flatMap(({ server, origin }) => {
    const parts = parseOrigin(origin);
    const supplier = context.shell(server);
    return [
      `wait_for ${proofSeconds} 'a round of ${id} with ${server}' pulled ${name} "$(cat ${id}.since)" ${shellWord(parts?.host ?? '')} ${parts?.port ?? ''}`,
      `proved_domain ${name} ${supplier.name}`,
      `no_complaint ${supplier.name} "$(cat ${server}.verify)"`,
    ];
  });
  const clocks = [
    `clock_${name} > ${id}.since`,
    ...step.suppliers.map(({ server }) => `clock_${context.shell(server).name} > ${server}.verify`),
  ];
  return [
    `"Incremental Replication Success" alone proves nothing: a round after this moment counts whose span has no warning or error, with one domain on both sides and no complaint of the supplier.`,
    block('bash', [...clocks, ...checks, `echo 'proved: ${id} pulls'`].join(' &&\n')),
    `If no round comes, \`log_${name} "$(cat ${id}.since)" | grep -A 3 repl_run_consumer\` says why: \`UnknownIssuer\` and \`BadSignature\` are certificates that are not pinned as they are now, \`Unable to connect\` a port that nobody listens on, \`Unable to resolve\` a name.`,
  ].join('\n\n');
}
