import type { DockerServer, SshServer } from '../../../shared/fleet/fleet';
import type { ObservedServer } from '../../../shared/observed';
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
          ? `${step.server} was refreshed: what only it had is gone from it, and a rollback does not bring it back.${inBackup(backup)}`
          : `A refresh of ${step.server} was begun, and whether it happened is not proved; a rollback does not undo it.${inBackup(backup)}`,
        fix: backup === undefined ? 'Look for an older backup.' : restoreCommands(step.server, backup, fleet),
        where: { server: step.server },
      },
    ];
  });
}

const ofServer = (record: DeployRecord, stepId: string, server: string): boolean =>
  record.header.steps.some((it) => it.id === stepId && it.server === server);

const inBackup = (backup: string | undefined): string =>
  backup === undefined ? '' : ` It is in the backup ${backup} on the server.`;

/** Exact, for the server's own manager; the database may only be restored by the version that made the backup. */
function restoreCommands(server: string, backup: string, fleet: ObservedFleet): string {
  const seen = fleet.observed.find((it) => it.id === server);
  const listed = fleet.fleet.servers.find((it) => it.id === server);
  const config =
    seen?.facts?.configPath ??
    (listed?.connect === 'docker' ? '/data/server.toml' : '/etc/kanidm/server.toml');
  const version = seen?.versionOnDisk ?? null;
  const same = version === null ? '' : ` (with the same minor version, ${version})`;
  const restore = (program: string): string =>
    `${program} database restore ${shellWord(backup)} -c ${shellWord(config)}`;
  const [stop, run, start] =
    listed?.connect === 'docker' ? inContainer(listed, seen, restore) : overSsh(listed, restore);
  return `To restore it${same}: ${stop}; put a ${config} without that supplier in place; ${run}; ${start}.`;
}

type Commands = readonly [stop: string, run: string, start: string];

function overSsh(listed: SshServer | undefined, restore: (program: string) => string): Commands {
  const sudo = listed?.sudo === true ? 'sudo ' : '';
  const unit = shellWord(listed?.service ?? 'kanidmd');
  return [
    `${sudo}systemctl stop ${unit}`,
    `${sudo}${restore(shellWord(listed?.kanidmd ?? 'kanidmd'))}`,
    `${sudo}systemctl start ${unit}`,
  ];
}

/** The image has no shell (`kanidm.md`): another container of it works on the same mounts. */
function inContainer(
  listed: DockerServer,
  seen: ObservedServer | undefined,
  restore: (program: string) => string,
): Commands {
  const facts = seen?.facts?.container;
  const name = shellWord(listed.container);
  const unit = facts?.unit ?? null;
  const client = unit === null ? 'docker' : 'podman';
  const verb = (word: string): string =>
    unit === null ? `docker ${word} ${name}` : `systemctl ${word} ${shellWord(unit)}`;
  const image = facts === undefined ? `the image of ${name}` : shellWord(facts.image);
  return [
    verb('stop'),
    `${client} run --rm --network none --volumes-from ${name} ${image} ${restore('/sbin/kanidmd')}`,
    verb('start'),
  ];
}
