import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Small programs that stand where a server has kanidmd, systemctl, journalctl and sudo. What they know lies in files, so
 * that a test can set it; what they were asked is written down.
 */
export function writeFakes(bin: string, state: string, config: string): void {
  const program = (name: string, lines: string) => {
    writeFileSync(join(bin, name), `#!/bin/bash\nS='${state}'\n${lines}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  program(
    'kanidmd',
    `printf '%s\\0' "$@" >> $S/kanidmd.asked; printf '\\n' >> $S/kanidmd.asked
case "$1" in
  version) echo "kanidmd 1.10.5 715020ccd2";;
  variables) env | grep ^KANIDM_ | sort;;
  configtest)
    env | grep ^KANIDM_ | sort > $S/tested.variables
    cp "$3" $S/tested.toml; stat -c '%a' "$(dirname "$3")" > $S/scratch.mode
    if grep -q bad "$3"; then echo "refused: $3" >&2; exit 1; fi
    echo "This config rocks! 🪨 ";;
  flood) head -c \${2} /dev/zero | tr '\\0' 'x'; sleep 20;;
  bytes) printf 'a\\377b\\n';;
  slow) sleep 20;;
  fails) echo "Error - you should inspect the logs." >&2; exit 3;;
  dies) kill -9 $$;;
  *) printf '<%s>' "$@";;
esac`,
  );
  program(
    'systemctl',
    `case "$1" in
  show) if ! (cat $S/unit.name 2>/dev/null || echo kanidmd.service) | grep -qxF -- "$2"; then echo LoadState=not-found; echo ActiveState=inactive; echo SubState=dead; exit 0; fi
    echo LoadState=loaded; cat $S/unit.user 2>/dev/null || echo User=
    cat $S/unit 2>/dev/null || printf 'ActiveState=active\\nSubState=running\\nMainPID=42\\n'
    cat $S/unit.more 2>/dev/null || echo "ExecStart={ path=/usr/sbin/kanidmd ; argv[]=/usr/sbin/kanidmd server -c ${config} ; ignore_errors=no ; start_time=[n/a] }";;
  start|stop|restart) echo "$1 $2" >> $S/systemctl.asked
    if [ -e $S/systemctl.$1 ]; then . $S/systemctl.$1; fi
    case "$1" in stop) printf 'ActiveState=inactive\\nSubState=dead\\nMainPID=0\\n';; *) printf 'ActiveState=active\\nSubState=running\\nMainPID=43\\n';; esac > $S/unit;;
esac`,
  );
  // Entries lie in $S/journal, one JSON object a line, with "__CURSOR":"s=1;i=N;t=HEX" in order.
  program(
    'journalctl',
    `printf '%s ' "$@" >> $S/journalctl.asked; printf '\\n' >> $S/journalctl.asked
[ -e $S/journalctl.sh ] && . $S/journalctl.sh
after=""; follow=""
for a in "$@"; do case "$a" in --after-cursor=*) after="\${a#--after-cursor=}";; --follow) follow=1;; esac; done
n=1
if [ -n "$after" ]; then l=$(grep -nF "\\"__CURSOR\\":\\"$after\\"" $S/journal | cut -d: -f1); n=$(( \${l:-0} + 1 )); fi
if [ -n "$follow" ]; then echo $$ > $S/journalctl.pid; exec tail -n +$n -f -s 0.05 $S/journal; fi
exec tail -n +$n $S/journal`,
  );
  program(
    'sudo',
    `[ "$1" = -n ] && shift
as=root; [ "$1" = -u ] && { as="$2"; shift 2; }
[ "$1" = -- ] && shift
if [ -e $S/sudo.only ] && [ "$1" != "$(cat $S/sudo.only)" ]; then echo "sudo: a password is required" >&2; exit 1; fi
if [ -e $S/sudo.refuses ]; then echo "sudo: a password is required" >&2; exit 1; fi
printf '%s ' "$@" >> $S/sudo.asked; printf '\\n' >> $S/sudo.asked
if [ "$as" != root ]; then exec setpriv --reuid="$as" --regid="$(/usr/bin/id -g "$as")" --clear-groups -- "$@"; fi
export FAKE_ROOT=1
exec "$@"`,
  );
  // Whoever logs in is root in truth; with $S/login.uid somebody else, whom sudo makes root.
  program(
    'id',
    `if [ -e $S/login.uid ] && [ "$*" = -u ] && [ -z "$FAKE_ROOT" ]; then cat $S/login.uid; exit 0; fi
exec /usr/bin/id "$@"`,
  );
}
