import { backupFolder } from '../../connect/paths';
import { shellWord } from '../../base/shell-word';
import { block, code } from '../commands/markdown';
import type { StepContext } from '../commands/step-context';
import { plainStep, type StepDescriptor } from './descriptor';
import { z } from 'zod';
import { anyStep } from './any-step';

/** An online backup of a server before its database is erased. */
export const schema = z
  .object({
    ...anyStep,
    action: z.literal('backup'),
    /** Before 1.9 only a stopped server can be backed up: it is stopped for the backup and started again. */
    stops: z.boolean(),
  })
  .readonly();
export type BackupStep = z.output<typeof schema>;

export const kind: StepDescriptor<BackupStep> = {
  ...plainStep,
  label: 'backup',
  restarts: (step) => step.stops,
  play: (step, stage) => (step.stops ? stage.restart(step.server) : undefined),
  commands,
};

function commands(step: BackupStep, context: StepContext): string {
  const { id, name, database, backupSuffix } = context.shell(step.server);
  const domain = context.domain(step.server);
  if (database === null || domain === null)
    return `**Stop here.** Where ${id} keeps its database, or its domain, is not known, so it cannot be backed up. Set \`db_path\` in its server.toml, see that it answers, and make a new runbook.`;
  const folder = backupFolder(database);
  const command = step.stops
    ? [
        `service_${name} stop`,
        // Whatever became of the backup, the server is started again.
        `{ kanidmd_${name} database backup "$(cat ${id}.backup)"; saved=$?; service_${name} start && [ "$saved" = 0 ]; }`,
      ]
    : [`kanidmd_${name} scripting backup "$(cat ${id}.backup)"`];
  return [
    `The name is new each time, for a backup onto an existing file fails **silently**. The folder lets only its owner and root in: a backup holds every credential.`,
    block(
      'bash',
      [
        `backup_folder_${name}`,
        `folder=${shellWord(folder)}`,
        `printf '%s/%s\\n' "$folder" "${id}-$(date -u +%Y%m%dT%H%M%SZ)${backupSuffix}" > ${id}.backup`,
        ...command,
        `{ [ "$(backup_domain ${name} "$(cat ${id}.backup)")" = ${domain} ] || stop 'There is no backup that holds domain ${domain}.'; }`,
        `echo "proved: $(cat ${id}.backup) on ${id} holds domain ${domain}"`,
      ].join(' &&\n'),
    ),
    `Without the last line there is **no backup**: do not go on. Make sure that kanidmd may write into ${code(folder)} and that its disk has room, then run the block again.`,
  ].join('\n\n');
}
