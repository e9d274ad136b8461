import { shellWord } from '../../base/shell-word';
import type { Reached, Shell } from '../kind';
import { folderOf } from '../paths';
import type { DockerServer } from './docker';

/**
 * A server in a container, by Docker's own client. The image has no shell and no tools (`kanidm.md`, "Container image"), so files go
 * in and out as tars, which carry owner and mode; GNU tar makes them.
 */
export function dockerShell(server: DockerServer, { observed, name, config, database, tag }: Reached): Shell {
  const container = shellWord(server.container);
  const docker = ['docker', ...engineOptions(server)].join(' ');
  const facts = observed.facts?.container ?? null;
  const image = shellWord(facts?.image ?? '');
  const beside = `kanilink-test-${tag}-${server.id}`;
  const bound =
    facts?.configOn === 'single-file' ? facts.mounts.find((it) => it.destination === config) : null;
  const unit = facts?.unit ?? null;
  return {
    reached: `container ${server.container} of the engine ${server.endpoint}`,
    functions: [
      `docker_${name}() { ${docker} "$@"; }`,
      // What stands before `server` in the container's own command: the program, or what runs it.
      `program_${name}=$(docker_${name} inspect -f '{{.Path}} {{join .Args " "}}' ${container} | sed 's/ server .*//')`,
      `user_${name}=$(docker_${name} inspect -f '{{.Config.User}}' ${container})`,
      // Numbers for what goes into the container: of a name, those of the container's own passwd.
      `case "$user_${name}" in
  '' | root) owner_${name}=0:0 ;;
  *[!0-9:]*) owner_${name}=$(docker_${name} cp ${container}:/etc/passwd - | tar -xOf - | awk -F: -v user="\${user_${name}%%:*}" '$1 == user { print $3 ":" $4 }') ;;
  *:*) owner_${name}="$user_${name}" ;;
  *) owner_${name}="$user_${name}:$user_${name}" ;;
esac`,
      `kanidmd_${name}() { docker_${name} exec ${container} $program_${name} "$@" -c ${shellWord(config)} 2>&1; }`,
      `read_${name}() { docker_${name} cp ${container}:"$1" - | tar -xOf -; }`,
      writeFunction(name, container, bound?.source ?? null),
      `test_${name}() {
  mkdir -p kanilink && cp "$1" kanilink/server.toml &&
    docker_${name} create --name ${beside} --network none --volumes-from ${container}:ro --entrypoint "\${program_${name}%% *}" \\
      --user "$user_${name}" ${image} $(printf '%s\\n' $program_${name} | tail -n +2) configtest -c /kanilink/server.toml > /dev/null &&
    tar --owner="\${owner_${name}%:*}" --group="\${owner_${name}#*:}" --mode=u=rwX,go= -cf - kanilink | docker_${name} cp - ${beside}:/ &&
    docker_${name} start -a ${beside} > "$1.said" 2>&1
  docker_${name} rm -f ${beside} > /dev/null
  accepted "$1.said" ${server.id}
}`,
      unit === null
        ? `service_${name}() { docker_${name} "$1" ${container} > /dev/null; }`
        : `service_${name}() { systemctl "$1" ${shellWord(unit)}; } # on the engine's host, which runs the container by this unit`,
      `clock_${name}() { docker_${name} info --format '{{.SystemTime}}'; }`,
      `log_${name}() { docker_${name} logs --since "$1" ${container} 2>&1; }`,
      ...(database === null
        ? []
        : [
            `backup_folder_${name}() {
  mkdir -p kanilink-backups &&
    tar --owner="\${owner_${name}%:*}" --group="\${owner_${name}#*:}" --mode=0700 -cf - kanilink-backups |
    docker_${name} cp - ${shellWord(`${server.container}:${folderOf(database)}`)} && rmdir kanilink-backups
}`,
          ]),
      // The engine cannot delete a file: an empty one takes its place.
      `forget_${name}() { : > empty && write_${name} "$1" < empty; }`,
      `restore_${name}() {
  docker_${name} run --rm --network none --volumes-from ${container} --entrypoint "\${program_${name}%% *}" --user "$user_${name}" \\
    ${image} $(printf '%s\\n' $program_${name} | tail -n +2) database restore "$1" -c ${shellWord(config)}
}`,
    ].join('\n'),
  };
}

/** Replaces a file with its owner and mode. One that is bound by itself is written on the engine's host, in its place. */
function writeFunction(name: string, container: string, source: string | null): string {
  if (source !== null)
    return `write_${name}() { cat > ${shellWord(source)}; } # on the engine's host: this very file is bound into the container`;
  return `write_${name}() { # from a tar with the owner and the mode of the file that is there
  local line mode owner
  line=$(docker_${name} cp ${container}:"$1" - | tar --numeric-owner -tvf -) &&
    mode=$(sed -E 's/^.(...)(...)(...).*/u=\\1,g=\\2,o=\\3/; s/-//g' <<< "$line") && owner=$(awk '{ print $2 }' <<< "$line") &&
    mkdir -p outgoing && cat > "outgoing/\${1##*/}" &&
    tar -C outgoing --owner="\${owner%/*}" --group="\${owner#*/}" --mode="$mode" -cf - "./\${1##*/}" |
    docker_${name} cp - ${container}:"\${1%/*}"
}`;
}

/** How Docker's client is told the engine; `context://` is the client's own word. */
export function engineOptions({ endpoint, certificates }: DockerServer): readonly string[] {
  const context = /^context:\/\/(.+)$/.exec(endpoint)?.[1];
  if (context !== undefined) return ['--context', shellWord(context)];
  // 2375 is the port of an engine without TLS.
  if (!endpoint.startsWith('tcp://') || endpoint.endsWith(':2375')) return ['-H', shellWord(endpoint)];
  const tls =
    certificates === null
      ? []
      : [
          ['cacert', 'ca'],
          ['cert', 'cert'],
          ['key', 'key'],
        ].map(([option, file]) => `--tls${option}=${shellWord(`${certificates}/${file}.pem`)}`);
  return ['--tlsverify', ...tls, '-H', shellWord(endpoint)];
}
