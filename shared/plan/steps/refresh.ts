import { shellWord } from '../../base/shell-word';
import { parseOrigin } from '../../base/origin';
import { block } from '../commands/markdown';
import type { StepContext } from '../commands/step-context';
import { partnersOf, pulls, type ServerConfig } from '../../server-config/server-config';
import { plainStep, type StepDescriptor } from './descriptor';
import { z } from 'zod';
import { ids } from '../../base/ids';
import { anyStep } from './any-step';

/** Replaces the server's database with its source's. */
export const schema = z
  .object({
    ...anyStep,
    action: z.literal('refresh'),
    source: ids.server,
    /** The name it dials the source by, as its log prints it. */
    sourceHost: z.string(),
    /** The domain the source must hold then: the primary's. */
    domain: ids.domain,
    /** `command`: Kanilink runs the refresh; `automatic`: the server does so itself after its restart. */
    by: z.enum(['command', 'automatic']),
    /** Both say one domain already, and the operator asked for it, as after a restore (`kanidm.md`, "Refresh erases", 9). */
    asked: z.boolean(),
  })
  .readonly();
export type RefreshStep = z.output<typeof schema>;

export const kind: StepDescriptor<RefreshStep> = {
  ...plainStep,
  saysWhomItErases: true,
  label: 'refresh',
  changes: true,
  // What it erased is in the backup of the step before.
  undo: 'by-hand',
  takesDataOf: (step) => [step.source],
  play: (step, stage) => stage.takeDomain(step.server, step.domain),
  commands,
};

function commands(step: RefreshStep, context: StepContext): string {
  const server = context.shell(step.server);
  const { id, name } = server;
  const source = context.shell(step.source);
  const own = context.domain(step.server);
  const port = portOf(context.config(step.server), step.sourceHost);
  const proof = [
    `wait_for 300 'the refresh of ${id} from ${step.source}' refreshed ${name} "$(cat ${id}.since)" ${shellWord(step.sourceHost)} ${port}`,
    `wait_for 60 'one domain on ${id} and ${step.source}' one_domain ${name} ${source.name}`,
    `in_domain ${name} ${step.domain}`,
  ].join(' &&\n');
  const unknown = `**If the answer is "Error", or the proof does not come, the outcome is unknown**, not failed: the request may stay queued and erase ${id} later. Restart ${id} to drop it, then look whether it happened; a refresh that failed keeps the old data.`;
  const drop = block(
    'bash if-needed',
    `restart ${name} ${id}.restarted && wait_for 90 '${id} answers' domain_is_shown ${name} &&
  if refreshed ${name} "$(cat ${id}.since)" ${shellWord(step.sourceHost)} ${port}; then echo 'it was refreshed'; else echo 'it was not refreshed: run the refresh again'; fi`,
  );
  if (step.by === 'automatic')
    return [
      `The step before armed it: ${id} replaces its database in its first round. Make sure that it did, with ${step.source}’s data:`,
      block('bash', proof),
      unknown,
      drop,
    ].join('\n\n');
  return [
    `**This erases ${id}.** Its whole database, ${own === null ? 'with all' : `domain ${own}, with all`} accounts, groups, sessions and tokens that exist only there, is replaced with ${step.source}’s. **Nothing is merged.** The first lines look once more: the backup is there, ${id}’s file is the one whose only supplier is ${step.source}, and both still hold what they held.`,
    block(
      'bash',
      [
        `backed_up ${id}`,
        `unchanged ${name} ${shellWord(server.config)} ${context.digest(step.server)}`,
        ...(own === null ? [] : [`in_domain ${name} ${own}`]),
        `in_domain ${source.name} ${step.domain}`,
        `clock_${name} > ${id}.since`,
        `kanidmd_${name} refresh-replication-consumer --i-want-to-refresh-this-servers-database`,
        proof,
      ].join(' &&\n'),
    ),
    unknown,
    drop,
  ].join('\n\n');
}

function portOf(config: ServerConfig | null, host: string): number | '' {
  for (const { origin, type } of partnersOf(config)) {
    const parts = parseOrigin(origin);
    if (parts?.host === host && pulls(type)) return parts.port;
  }
  return '';
}
