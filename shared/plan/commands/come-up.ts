import { shellWord } from '../../base/shell-word';
import { block, writeLocally } from './markdown';
import type { ServerShell } from './server-shell';
import { type AtServer, replicatesIn, type StepContext } from './step-context';

/**
 * Starts kanidmd, and waits until it answers. A process reads its file at its start alone: a copy is tested before it.
 * @param why what is said of the file it will read.
 * @param up the commands that start it.
 */
export function comeUp(
  step: AtServer,
  context: StepContext,
  why: string,
  up: (shell: ServerShell) => readonly string[],
): string {
  const shell = context.shell(step.server);
  const { id, name, config } = shell;
  const replication = replicatesIn(step.server, context);
  const copy = context.copy(step.id);
  const tested = `${step.id}.${id}.test.toml`;
  const before =
    copy === undefined
      ? []
      : [
          `${why}**A copy that is safe to test**, of the file it will read now:`,
          block('bash', writeLocally(tested, copy)),
        ];
  const test = [
    `unchanged ${name} ${shellWord(config)} ${context.digest(step.server)}`,
    `test_${name} ${tested}`,
  ];
  const commands = block(
    'bash',
    [
      ...(copy === undefined ? [] : test),
      ...up(shell),
      `wait_for 90 '${id} answers' domain_is_shown ${name}`,
      ...(replication
        ? [
            `wait_for 60 'the replication interface of ${id} has started' started ${name} "$(cat ${id}.since)"`,
          ]
        : []),
    ].join(' &&\n'),
  );
  return [...before, commands].join('\n\n');
}
