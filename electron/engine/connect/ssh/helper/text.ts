import { posix } from 'node:path';
import { besideUnit } from '../machine/service-user';
import { testVariables } from '../unit/test-config';
import { BACKUPS, type HelperParameters, parametersShape } from './parameters';

/** Before the line that holds the parameters. */
const MARK = '#: ';
/** A configuration is a few kilobytes. Bytes. */
const MOST = 16 * 1024 * 1024;

/** What is said wherever rights are granted that reach this far. */
export const AS_ROOT =
  'Anyone with these rights can read every credential of this identity server and can change whom it lets in: treat the account as you treat root.';

/** The parameters of a helper's text; null: this program does not make such a helper. */
export function parametersOf(text: string): HelperParameters | null {
  const line = text.split('\n', 40).find((it) => it.startsWith(MARK));
  if (line === undefined || line.length > 20_000) return null;
  try {
    const read = parametersShape.safeParse(JSON.parse(line.slice(MARK.length)));
    return read.success && helperText(read.data) === text ? read.data : null;
  } catch {
    return null;
  }
}

/** Every folder on the way to one, itself included. */
function folders(path: string): string {
  const names = path.split('/').filter((name) => name !== '');
  return ['/', ...names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`)].join(' ');
}

/**
 * The text of the program a restricted user runs by sudo, for one server. POSIX sh with coreutils, util-linux and systemd. It
 * knows its verbs and no other, takes checksums, times and random numbers for arguments, and has every path written in it:
 * so nothing in it needs quoting that the grammar of the parameters did not rule out.
 */
export function helperText(parameters: HelperParameters): string {
  const { unit, server, kanidmd, config, file, database, data, environment, user, variables } = parameters;
  const tested = testVariables(Object.fromEntries(variables.map(({ name, value }) => [name, value])));
  const withVariables = (all: readonly { readonly name: string; readonly value: string }[]) =>
    all.length === 0
      ? kanidmd
      : `env ${all.map(({ name, value }) => `${name}=${value}`).join(' ')} ${kanidmd}`;
  const inTest = withVariables(variables.filter(({ name }) => name in tested));
  const inUse = withVariables(variables);
  const seen = posix.dirname(database);
  const above = posix.dirname(data);
  const groups = (list: readonly number[]) =>
    list.length === 0 ? '--clear-groups' : `--groups=${list.join(',')}`;
  const identity =
    'dynamic' in user
      ? `uid=$(stat -c %u -- ${data})
  case $uid in *[!0-9]* | '') refuse not-theirs ${data} ;; esac
  [ "$uid" -ge 61184 ] && [ "$uid" -le 65519 ] || refuse not-theirs ${data}
  gid=$uid
  set_groups=--clear-groups`
      : `uid=${user.uid}
  gid=${user.gid}
  set_groups=${groups(user.groups)}
  [ "$(stat -c %u -- ${data})" = "$uid" ] || refuse not-theirs ${data}`;
  const service =
    'dynamic' in user
      ? `  if [ -n "$writable" ]; then
    ${besideUnit(user.dynamic, '"$writable"').join(' ')} ${inTest} "$@"
  else
    ${besideUnit(user.dynamic, null).join(' ')} ${inUse} "$@"
  fi`
      : inTest === inUse
        ? `  leave ${inUse} "$@"`
        : `  if [ -n "$writable" ]; then leave ${inTest} "$@"; else leave ${inUse} "$@"; fi`;
  return `#!/bin/sh
# Kanilink's helper for ${unit}. It is made for this server and no other; \`kanilink helper\` makes it.
#
# ${AS_ROOT.replace('these rights', 'the right to run it as root')}
#
# It does what is listed at its end and nothing else. Every path is written here. Its arguments are checksums, times
# and random numbers; what comes through stdin has a bound. Whatever lies in a folder that is not root's is done as the
# user whose folder it is, and kanidmd is never run as root.
${MARK}${JSON.stringify(parametersShape.parse(parameters))}
set -euf
umask 077
PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
unset IFS
cd /

lock=/run/kanilink-${unit}
look='%f:%s:%u:%g:%Y'
most=${MOST}
writable=

# The first word is for a program, the second for a person.
refuse() {
  printf 'kanilink-helper: %s %s\\n' "$1" "\${2-}" >&2
  exit 75
}

# These folders are root's, and nobody else may put a name into them.
roots() {
  for folder; do
    [ "$(stat -c %F:%u -- "$folder" 2>/dev/null)" = directory:0 ] || refuse not-roots "$folder"
    case $(stat -c %A -- "$folder") in
      ?????w* | ????????w*) refuse not-roots "$folder" ;;
    esac
  done
}

config_is_roots() {
  roots ${folders(posix.dirname(file))}
  if [ -L ${file} ] || [ ! -f ${file} ]; then refuse not-a-file ${file}; fi
}

# Who runs the service: their folder says so as well, and lies in one of root's.
who() {
  roots ${folders(above)}
  if [ -L ${data} ] || [ ! -d ${data} ]; then refuse not-theirs ${data}; fi
  ${identity}
}
leave() {
  setpriv --reuid="$uid" --regid="$gid" "$set_groups" --no-new-privs -- "$@"
}
inside() {
  env -C ${data} setpriv --reuid="$uid" --regid="$gid" "$set_groups" --no-new-privs -- "$@"
}
kanidmd() {
${service}
}

# Arguments: how many there are, and what they may be.
count() {
  [ "$1" -eq "$2" ] || refuse usage 'another number of arguments'
}
hex() {
  case $2 in *[!0-9a-f]*) refuse usage 'not hexadecimal' ;; esac
  [ "\${#2}" -eq "$1" ] || refuse usage 'another length'
}
stamp() {
  case $1 in
    [0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]T[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]Z) ;;
    *) refuse usage 'not a time' ;;
  esac
}
sum() {
  sha256sum | cut -c 1-64
}
# A file as it is, after a line that says what it is.
show() {
  stat -c "$look" -- "$1" && cat -- "$1"
}
# The same in the database's folder, by its owner.
show_inside() {
  inside test -f "$1" || refuse no-such-file "$1"
  inside stat -L -c "$look" -- "$1" && inside cat -- "$1"
}
look_inside() {
  inside test -e "$1" || refuse no-such-file "$1"
  inside stat -L -c "$look" -- "$1"
}

replace_config() {
  hex 64 "$1"
  hex 64 "$2"
  config_is_roots
  work=$(mktemp -d ${posix.dirname(file)}/.kanilink-work-XXXXXXXXXXXX)
  trap 'rm -rf --one-file-system -- "$work"' EXIT
  trap 'exit 75' HUP INT TERM
  head -c "$most" >"$work/new"
  [ "$(sum <"$work/new")" = "$2" ] || refuse read-back-differs
  chown --reference=${file} -- "$work/new"
  chmod --reference=${file} -- "$work/new"
  if [ -e /sys/fs/selinux/enforce ]; then chcon --reference=${file} -- "$work/new"; fi
  sync -- "$work/new"
  [ "$(sum <${file})" = "$1" ] || refuse file-changed "$(sum <${file})"
  mv -T -- "$work/new" ${file}
  sync -- ${posix.dirname(file)}
  sum <${file}
}

test_config() {
  hex 12 "$1"
  who
  roots / /run
  place="$lock-test-$1"
  mkdir -m 0700 -- "$place" || refuse taken "$place"
  chown -h -- "$uid:$gid" "$place"
  trap 'leave rm -rf -- "$place" 2>/dev/null || true; rmdir -- "$place"' EXIT
  trap 'exit 75' HUP INT TERM
  head -c "$most" | leave dd bs=64k of="$place/server.toml" conv=excl status=none
  writable=$place
  kanidmd configtest -c "$place/server.toml"
}

make_backups() {
  who
  if inside mkdir -m 0700 -- kanilink-backups 2>/dev/null; then return; fi
  [ "$(inside stat -c %F:%u:%a -- kanilink-backups)" = "directory:$uid:700" ] || refuse folder-not-safe kanilink-backups
}

take_lock() {
  hex 24 "$1"
  roots / /run
  aside=$lock.new-$1
  trap 'rm -rf --one-file-system -- "$aside"' EXIT
  mkdir -m 0755 -- "$aside"
  head -c 65536 >"$aside/owner"
  grep -qF "\\"token\\":\\"$1\\"" -- "$aside/owner" || refuse usage 'an owner without its token'
  chmod 0644 -- "$aside/owner"
  mv -T -- "$aside" "$lock" 2>/dev/null || refuse locked "$lock"
}
# A lock goes when it is the one that was meant: by its token, or as one that says nothing and is older than an hour.
drop_lock() {
  roots / /run
  away=$lock.old-$(od -An -N6 -tx1 /dev/urandom | tr -d ' \\n')
  mv -T -- "$lock" "$away" 2>/dev/null || refuse lock-lost "$lock"
  if [ "$1" = unread ]; then
    meant=$(find "$away" -maxdepth 0 -mmin +60)
  else
    hex 24 "$1"
    meant=$(grep -sF "\\"token\\":\\"$1\\"" -- "$away/owner" || true)
  fi
  if [ -z "$meant" ]; then
    mv -T -- "$away" "$lock"
    refuse locked "$lock"
  fi
  rm -rf --one-file-system -- "$away"
}

verb=\${1-}
[ "$#" -eq 0 ] || shift
case $verb in
  config-look) count "$#" 0; config_is_roots; stat -c "$look" -- ${file} ;;
  config-read) count "$#" 0; config_is_roots; show ${file} ;;
  config-replace) count "$#" 2; replace_config "$1" "$2" ;;
  config-test) count "$#" 1; test_config "$1" ;;
${environment
  .map(
    (path, index) =>
      `  environment-${index}) count "$#" 0; roots ${folders(posix.dirname(path))}; [ ! -e ${path} ] || [ -f ${path} ] || refuse not-a-file ${path}; show ${path} ;;\n`,
  )
  .join('')}  domain) count "$#" 0; who; kanidmd domain show -c ${config} ;;
  certificate) count "$#" 0; who; kanidmd show-replication-certificate -c ${config} ;;
  renew) count "$#" 0; who; kanidmd renew-replication-certificate -c ${config} ;;
  refresh) count "$#" 0; who; kanidmd refresh-replication-consumer --i-want-to-refresh-this-servers-database -c ${config} ;;
  start | stop | restart) count "$#" 0; systemctl --no-ask-password "$verb" ${unit} ;;
  database-look) count "$#" 0; who; look_inside ./${posix.basename(database)} ;;
  free) count "$#" 0; who; inside df -B 1 --output=avail -- . ;;
  backups-make) count "$#" 0; make_backups ;;
  backups-look) count "$#" 0; who; look_inside kanilink-backups ;;
${BACKUPS.map(
  ({
    verb,
    suffix,
  }) => `  ${verb}) count "$#" 1; stamp "$1"; who; kanidmd scripting backup ${seen}/kanilink-backups/${server}-"$1"${suffix} -c ${config} ;;
  ${verb}-stopped) count "$#" 1; stamp "$1"; who; kanidmd database backup ${seen}/kanilink-backups/${server}-"$1"${suffix} -c ${config} ;;
  ${verb}-look) count "$#" 1; stamp "$1"; who; look_inside kanilink-backups/${server}-"$1"${suffix} ;;
  ${verb}-read) count "$#" 1; stamp "$1"; who; show_inside kanilink-backups/${server}-"$1"${suffix} ;;
`,
).join('')}  compare-make) count "$#" 1; hex 12 "$1"; who; inside mkdir -m 0700 -- ".kanilink-$1" ;;
  backup-head) count "$#" 0; who; kanidmd scripting backup -c ${config} ;;
  compare-backup) count "$#" 1; hex 12 "$1"; who; kanidmd scripting backup "${seen}/.kanilink-$1/compare.json.gz" -c ${config} ;;
  compare-read) count "$#" 1; hex 12 "$1"; who; show_inside ".kanilink-$1/compare.json.gz" ;;
  compare-remove) count "$#" 1; hex 12 "$1"; who; inside rm -rf --one-file-system -- ".kanilink-$1" ;;
  lock) count "$#" 1; take_lock "$1" ;;
  unlock) count "$#" 1; drop_lock "$1" ;;
  *) refuse usage 'no such verb' ;;
esac
`;
}
