import type { DockerServer, SshServer } from '../../../shared/fleet/fleet';
import type { ObservedServer } from '../../../shared/observed';
import { engineOptions } from '../../../shared/plan/runbook/docker-shell';
import type { Problem } from '../../../shared/problem';
import { shellWord } from '../../../shared/shell-word';
import type { ObservedFleet } from '../observe-fleet';
import type { DeployRecord } from './read-journal';

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
            : restoreCommands({ server: step.server, source: String(step['source'] ?? ''), backup }, fleet),
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
  const config = seen.facts?.configPath ?? '/etc/kanidm/server.toml';
  const version =
    seen.versionOnDisk === null ? '' : `, which must be of the same minor version (${seen.versionOnDisk})`;
  const from = source === '' ? 'the server it was refreshed from' : source;
  const [stop, restore, start] =
    listed.connect === 'ssh' ? overSsh(listed, backup, config) : inContainer(listed, seen, backup, config);
  return [
    `To restore it with ${server}'s own kanidmd${version}, after the rollback:`,
    `  ${stop}`,
    `  # see that ${config} has no table for ${from}: with one, the database may be replaced again`,
    `  ${restore}`,
    `  ${start}`,
  ].join('\n');
}

type Commands = readonly [stop: string, restore: string, start: string];

function overSsh({ service, kanidmd, sudo }: SshServer, backup: string, config: string): Commands {
  const root = sudo ? 'sudo ' : '';
  const unit = shellWord(service);
  return [
    `${root}systemctl stop ${unit}`,
    `${root}${shellWord(kanidmd)} database restore ${shellWord(backup)} -c ${shellWord(config)}`,
    `${root}systemctl start ${unit}`,
  ];
}

/** A stopped container runs nothing: the restore runs in one beside it, of the same image and with its mounts. */
function inContainer(server: DockerServer, seen: ObservedServer, backup: string, config: string): Commands {
  const docker = ['docker', ...engineOptions(server)].join(' ');
  const name = shellWord(server.container);
  const facts = seen.facts?.container ?? null;
  const ask = (field: string): string => `"$(${docker} inspect -f '{{.${field}}}' ${name})"`;
  const image = facts === null ? ask('Config.Image') : shellWord(facts.image);
  const unit = facts?.unit ?? null;
  const manage = (verb: string): string =>
    unit === null ? `${docker} ${verb} ${name}` : `systemctl ${verb} ${shellWord(unit)}`;
  return [
    manage('stop'),
    `${docker} run --rm --network none --volumes-from ${name} --user ${ask('Config.User')} --entrypoint ${ask('Path')} ${image} database restore ${shellWord(backup)} -c ${shellWord(config)}`,
    manage('start'),
  ];
}
