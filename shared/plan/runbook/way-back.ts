import type { ServerId } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { parseOrigin } from '../../base/origin';
import { shellWord } from '../../base/shell-word';
import { editServerConfig } from '../../server-config/edit-server-config';
import type { RefreshStep } from '../steps/refresh';
import type { Step } from '../steps/step';
import { block, plain, writeLocally } from '../commands/markdown';
import type { ServerShell } from '../commands/server-shell';
import { partnersOf } from '../../server-config/server-config';

/** How to undo: the old files, newest first, and, for who was refreshed, the exact commands that restore its backup. */
export function wayBack(
  steps: readonly Step[],
  shell: (id: ServerId) => ServerShell,
  seen: (id: ServerId) => ObservedServer,
): string {
  const wrote = steps.filter((step) => step.action === 'configure' || step.action === 'put-back');
  const first = [...new Map([...wrote].reverse().map((step) => [step.server, step])).values()];
  const refreshes = steps.filter((step) => step.action === 'refresh');
  const parts: string[] = [];
  if (first.length > 0)
    parts.push(
      'Every old server.toml is kept in this folder. To put one back, under the same rule as any change (a server with `automatic_refresh` that comes back in another domain **erases itself**: look at the file first):',
      ...first.map((step) => {
        const { name, id } = shell(step.server);
        return block(
          'bash if-needed',
          `put ${name} ${shellWord(step.path)} ${step.id}.${id}.before.toml && restart ${name} ${id}.since && wait_for 90 '${id} answers' domain_is_shown ${name}`,
        );
      }),
    );
  for (const step of refreshes) parts.push(restore(step, shell(step.server), seen(step.server)));
  return parts.join('\n\n');
}

/** `kanidm.md`, "Refresh erases", 12: stop, a file without that supplier, restore, start. */
function restore(step: RefreshStep, server: ServerShell, observed: ObservedServer): string {
  const { id, name, config } = server;
  const file = `restore.${id}.toml`;
  return [
    `**A refresh is not undone by any file.** What only ${id} held is in the backup whose path on ${id} is in \`${id}.backup\`. These commands restore it, with a server.toml **without** ${step.source} as a supplier, else it would be overwritten again. The restore needs the same minor version of kanidmd${observed.versionOnDisk ? ` (${plain(observed.versionOnDisk)})` : ''}.`,
    block(
      'bash if-needed',
      [
        writeLocally(file, withoutSource(step, observed)),
        [
          `service_${name} stop`,
          `put ${name} ${shellWord(config)} ${file}`,
          `restore_${name} "$(cat ${id}.backup)"`,
          `clock_${name} > ${id}.since`,
          `service_${name} start`,
          `wait_for 90 '${id} answers' domain_is_shown ${name}`,
        ].join(' &&\n'),
      ].join('\n'),
    ),
  ].join('\n\n');
}

/** The file as it was read, without any table of the source. */
function withoutSource(step: RefreshStep, observed: ObservedServer): Uint8Array {
  const bytes = new TextEncoder().encode(observed.file?.text ?? '');
  const tables = partnersOf(observed.config).filter(
    ({ origin }) => parseOrigin(origin)?.host === step.sourceHost,
  );
  const edited = editServerConfig(
    bytes,
    tables.map(({ origin }) => ({ kind: 'remove-partner' as const, origin })),
    { server: step.server },
  );
  return edited.ok ? edited.value : bytes;
}
