import type { SshServer } from '../../fleet/fleet';
import { shellWord } from '../../shell-word';
import { backupFolder, folderOf } from './paths';
import type { Reached } from './server-shell';

/**
 * A server under systemd, over ssh: one plain command each, quoted by `printf %q`, so that it does not matter which shell the
 * server's login has. `ssh -n` reads nothing from the terminal, in which the rest of a pasted block may wait.
 */
export function sshShell(server: SshServer, { name, config, database, tag }: Reached) {
  const options = [
    ...(server.identity === null ? [] : ['-i', shellWord(server.identity)]),
    ...(server.knownHosts === null ? [] : ['-o', shellWord(`UserKnownHostsFile=${server.knownHosts}`)]),
  ];
  const ssh = ['ssh', ...options].join(' ');
  const target = shellWord(server.endpoint);
  const words = server.sudo ? '"sudo -n $(printf \'%q \' "$@")"' : '"$(printf \'%q \' "$@")"';
  const kanidmd = shellWord(server.kanidmd);
  const scratch = `${folderOf(config)}/.kanilink-runbook-${tag}`;
  const backups = database === null ? null : shellWord(backupFolder(database));
  return {
    reached: `over SSH, ${server.endpoint}, unit ${server.service}${server.sudo ? ', through sudo, which has to let you run any command as root without a password' : ''}`,
    functions: [
      `on_${name}() { ${ssh} -n ${target} ${words}; }`,
      `send_${name}() { ${ssh} ${target} ${words}; }`,
      `kanidmd_${name}() { on_${name} ${kanidmd} "$@" -c ${shellWord(config)} 2>&1; }`,
      `read_${name}() { on_${name} cat "$1"; }`,
      `write_${name}() {
  on_${name} cp --preserve=all "$1" "$1.kanilink-new" && send_${name} tee "$1.kanilink-new" > /dev/null &&
    on_${name} sync "$1.kanilink-new" && on_${name} mv -fT "$1.kanilink-new" "$1"
}`,
      `test_${name}() {
  on_${name} mkdir -m 0700 ${shellWord(scratch)} &&
    send_${name} tee ${shellWord(`${scratch}/server.toml`)} < "$1" > /dev/null &&
    on_${name} ${kanidmd} configtest -c ${shellWord(`${scratch}/server.toml`)} > "$1.said" 2>&1
  on_${name} rm -rf ${shellWord(scratch)}
  accepted "$1.said" ${server.id}
}`,
      `service_${name}() { on_${name} systemctl "$1" ${shellWord(server.service)}; }`,
      `clock_${name}() { on_${name} date +%s; }`,
      `log_${name}() { on_${name} journalctl -u ${shellWord(server.service)} -o cat --since="@$1" 2>/dev/null; }`,
      ...(database === null || backups === null
        ? []
        : [
            `backup_folder_${name}() {
  on_${name} mkdir -p -m 0700 ${backups} && on_${name} chmod 0700 ${backups} &&
    on_${name} chown --reference=${shellWord(folderOf(database))} ${backups}
}`,
          ]),
      `forget_${name}() { on_${name} rm -f "$1"; }`,
      `restore_${name}() { on_${name} ${kanidmd} database restore "$1" -c ${shellWord(config)}; }`,
    ].join('\n'),
  };
}
