import { kindOf } from '../../../../shared/connect/kinds';
import type { Problem } from '../../../../shared/base/problem';
import { onOneLine } from '../../../../shared/base/escape-controls';
import type { ObservedFleet } from '../../fleet/observe-fleet';
import type { DeployRecord } from '../journal/read-journal';

/**
 * The refreshes of a deploy, told as what they are: not undone. The data that only the erased server had is in the backup,
 * and these are the commands to restore it (`kanidm.md`, "Refresh erases", 12).
 */
export function refreshNotUndone(record: DeployRecord, fleet: ObservedFleet): readonly Problem[] {
  const erasing = record.header.steps.filter((step) => step.action === 'refresh');
  return erasing.flatMap((step) => {
    const begun =
      record.entries.some((it) => it.kind === 'intent' && it.step === step.id) ||
      record.entries.some((it) => it.kind === 'begin' && it.step === step.id);
    if (!begun) return [];
    const done = record.entries.some((it) => it.kind === 'done' && it.step === step.id);
    const backup = record.entries
      .flatMap((it) =>
        it.kind === 'done' && it.backup !== undefined && ofServer(record, it.step, step.server)
          ? [it.backup]
          : [],
      )
      .at(-1);
    return [
      {
        severity: 'warning' as const,
        code: 'refresh-not-undone',
        server: step.server,
        message: done
          ? `${step.server} was refreshed: what only it had is gone from it, and a rollback does not bring it back.${inBackup(step.server, backup)}`
          : `A refresh of ${step.server} was begun, and whether it happened is not proved; a rollback does not undo it.${inBackup(step.server, backup)}`,
        fix:
          backup === undefined
            ? 'Look for an older backup.'
            : restoreCommands({ server: step.server, source: step.source, backup }, fleet),
        where: { server: step.server },
      },
    ];
  });
}

const ofServer = (record: DeployRecord, stepId: string, server: string): boolean =>
  record.header.steps.some((it) => it.id === stepId && it.server === server);

const inBackup = (server: string, backup: string | undefined): string =>
  backup === undefined ? '' : ` The database ${server} had before is in the backup ${backup} on ${server}.`;

/**
 * The commands one a line, as exact as is known; the database may only be restored by the minor version that made the
 * backup, and with the source as a supplier it would be replaced again (`kanidm.md`, "Refresh erases", 12).
 */
function restoreCommands(
  { server, source, backup }: { readonly server: string; readonly source: string; readonly backup: string },
  fleet: ObservedFleet,
): string {
  const seen = fleet.observed.find((it) => it.id === server);
  const listed = fleet.fleet.servers.find((it) => it.id === server);
  if (!seen || !listed)
    return 'Make the server reachable: then the commands that restore it are printed here.';
  const config = seen.facts?.configPath ?? listed.config ?? kindOf(listed).usualConfig;
  const version =
    seen.versionOnDisk === null ? '' : `, which must be of the same minor version (${seen.versionOnDisk})`;
  const from = source === '' ? 'the server it was refreshed from' : source;
  const [stop, restore, start] = kindOf(listed).restore(listed, seen, backup, config);
  return [
    `To restore it with ${server}’s own kanidmd${version}, after the rollback:`,
    `  ${stop}`,
    `  # see that ${onOneLine(config)} has no table for ${onOneLine(from)}: with one, the database may be replaced again`,
    `  ${restore}`,
    `  ${start}`,
  ].join('\n');
}
