import { shellWord } from '../../base/shell-word';
import type { Reached, Shell } from '../kind';
import { backupFolder, folderOf } from '../paths';
import type { SshServer } from './ssh';

/**
 * A server under systemd, over ssh: one plain command each, quoted by `printf %q`, so that it does not matter which shell the
 * server's login has. `ssh -n` reads nothing from the terminal, in which the rest of a pasted block may wait.
 *
 * Root never works in a folder of somebody else's, whose owner could put a link in a file's place: what lies in a folder is
 * done as the folder's owner (`in_folder`). kanidmd runs as the service's own user (`as_service`).
 */
export function sshShell(server: SshServer, { name, config, database, tag }: Reached): Shell {
  const options = [
    ...(server.identity === null ? [] : ['-i', shellWord(server.identity)]),
    ...(server.knownHosts === null
      ? []
      : ['-o', shellWord(`UserKnownHostsFile=${besideOwn(server.knownHosts)}`)]),
  ];
  const ssh = ['ssh', ...options].join(' ');
  const target = shellWord(server.endpoint);
  const words = server.sudo ? '"sudo -n $(printf \'%q \' "$@")"' : '"$(printf \'%q \' "$@")"';
  const kanidmd = shellWord(server.kanidmd);
  const unit = shellWord(server.service);
  const scratch = shellWord(sshScratch(database, tag));
  const staged = shellWord(`${sshScratch(database, tag)}/server.toml`);
  const backups = database === null ? null : shellWord(backupFolder(database));
  return {
    reached: `over SSH, ${server.endpoint}, unit ${server.service}${server.sudo ? ', through sudo, which has to let you run any command as root without a password' : ''}`,
    functions: [
      `on_${name}() { ${ssh} -n ${target} ${words}; }`,
      `send_${name}() { ${ssh} ${target} ${words}; }`,
      `me_${name}=$(on_${name} id -u)`,
      `user_${name}=$(on_${name} systemctl show -p User --value ${unit})`,
      // as USER HOW COMMAND…: as that user where we are root, else as who we are.
      `as_${name}() {
  local user=$1 how=$2
  shift 2
  if [ "$me_${name}" = 0 ] && [ "$user" != root ]; then "\${how}_${name}" runuser -u "$user" -- "$@"; else "\${how}_${name}" "$@"; fi
}`,
      `as_service_${name}() { as_${name} "\${user_${name}:-root}" "$@"; }`,
      `in_folder_${name}() {
  local owner=$me_${name}
  if [ "$owner" = 0 ]; then
    way_to "$1"
    owner=$(on_${name} stat -L -c '%U %a' -- "\${way[@]}" | first_owner)
    case "$owner" in '' | '?') stop "$1 on ${server.id} cannot be looked at, or may be written by others than root."; return ;; esac
  fi
  shift
  as_${name} "$owner" "$@"
}`,
      `kanidmd_${name}() { as_service_${name} on ${kanidmd} "$@" -c ${shellWord(config)} 2>&1; }`,
      `read_${name}() { in_folder_${name} "\${1%/*}" on cat -- "$1"; }`,
      `write_${name}() {
  local folder=\${1%/*}
  in_folder_${name} "$folder" on cp --preserve=all -- "$1" "$1.kanilink-new" && in_folder_${name} "$folder" send tee -- "$1.kanilink-new" > /dev/null &&
    in_folder_${name} "$folder" on sync -- "$1.kanilink-new" && in_folder_${name} "$folder" on mv -fT -- "$1.kanilink-new" "$1"
}`,
      `test_${name}() {
  as_service_${name} on mkdir -m 0700 -- ${scratch} &&
    as_service_${name} send tee -- ${staged} < "$1" > /dev/null &&
    as_service_${name} on ${kanidmd} configtest -c ${staged} > "$1.said" 2>&1
  as_service_${name} on rm -rf -- ${scratch}
  accepted "$1.said" ${server.id}
}`,
      `service_${name}() { on_${name} systemctl "$1" ${unit}; }`,
      `clock_${name}() { on_${name} date +%s; }`,
      `log_${name}() { on_${name} journalctl -u ${unit} -o cat --since="@$1" 2>/dev/null; }`,
      ...(database === null || backups === null
        ? []
        : [
            `backup_folder_${name}() {
  in_folder_${name} ${shellWord(folderOf(database))} on mkdir -p -m 0700 -- ${backups} &&
    in_folder_${name} ${shellWord(folderOf(database))} on chmod 0700 -- ${backups}
}`,
          ]),
      `forget_${name}() { in_folder_${name} "\${1%/*}" on rm -f -- "$1"; }`,
      `restore_${name}() { as_service_${name} on ${kanidmd} database restore "$1" -c ${shellWord(config)}; }`,
    ].join('\n'),
  };
}

/**
 * A fleet's known_hosts beside the person's own, never instead of it: a key that changed or was revoked there still refuses.
 * Quoted and with doubled percent signs, as ssh_config(5) reads a list of files.
 */
const besideOwn = (knownHosts: string): string =>
  `~/.ssh/known_hosts "${knownHosts.replaceAll('%', '%%').replace(/["\\]/g, '\\$&')}"`;

/** Where a copy of server.toml is tested: where kanidmd itself may write, else in the machine's own place for such. */
export const sshScratch = (database: string | null, tag: string): string =>
  `${database === null ? '/tmp' : folderOf(database).replace(/\/$/, '')}/.kanilink-runbook-${tag}`;
