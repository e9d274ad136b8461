/** Every folder on the way to a path, into the array `way`. */
const wayTo =
  'way_to() { local rest="${1#/}/" at=""; way=(/); while [ -n "$rest" ]; do at="$at/${rest%%/*}"; rest="${rest#*/}"; way+=("$at"); done; }';

/**
 * The shell functions that every server shares. A check that fails prints STOP and is false; every command of a block is
 * joined to the next by `&&`, so that what is pasted whole stops where it fails.
 */
export const helpers = String.raw`stop() { printf 'STOP. %s\n' "$*" >&2; false; }
digest() { if command -v sha256sum > /dev/null; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1; }
# way_to PATH: every folder on the way to it, into the array "way"
${wayTo}
# first_owner: of lines "OWNER MODE" the first owner that is not root, else root; "?" where others may write what is root's
first_owner() {
  awk '$1 != "root" { print $1; found = 1; exit }
    { others = substr($2, length($2) - 1) ~ /[2367]/; sticky = length($2) == 4 && substr($2, 1, 1) ~ /[1357]/ }
    others && !sticky { print "?"; found = 1; exit }
    END { if (!found) print NR ? "root" : "" }'
}
# wait_for SECONDS WHAT COMMAND...: tries the command every second until it is true
wait_for() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    if [ "$SECONDS" -ge "$end" ]; then stop "$what did not come. Nothing further was done; read the words below this block."; return; fi
    sleep 1
  done
  printf 'proved: %s\n' "$what"
}
# unchanged SERVER PATH DIGEST: the file on the server is still the one this runbook was made from
unchanged() { [ "$("read_$1" "$2" | digest)" = "$3" ] || stop "$2 on $1 is another file than the one shown here. Make a new runbook."; }
# keep SERVER PATH FILE: a copy of the server's file here, the way back
keep() { "read_$1" "$2" > "$3" && [ -s "$3" ] && printf 'kept: %s\n' "$3"; }
# put SERVER PATH FILE: the new file in place, read back
put() { "write_$1" "$2" < "$3" && { [ "$("read_$1" "$2" | digest)" = "$(digest < "$3")" ] || stop "$2 on $1 is not what was written."; }; }
accepted() { grep -q 'This config rocks!' "$1" || stop "kanidmd on $2 refuses this file: read $1. Nothing was changed."; }
certificate() { "kanidmd_$1" show-replication-certificate | sed -n 's/.*certificate: "\([A-Za-z0-9_-]*=*\)".*/\1/p'; }
# save_certificate SERVER FILE, also as "another than the one in OLD"
save_certificate() { certificate "$1" > "$2" && [ -s "$2" ] && { [ -z "$3" ] || ! cmp -s "$2" "$3"; }; }
# same_certificate SERVER DIGEST: it still shows the certificate that is about to be pinned
same_certificate() { [ "$(certificate "$1" | digest)" = "$2" ] || stop "$1 shows another certificate by now. Make a new runbook."; }
# fill FILE PLACEHOLDER CERTIFICATE-FILE
fill() { [ -s "$3" ] || { stop "$3 is missing: do the step that reads it first."; return; }; sed "s/$2/$(cat "$3")/g" "$1" > "$1.filled" && mv "$1.filled" "$1"; }
domain_is_shown() { [ -n "$(domain "$1")" ]; }
domain() { "kanidmd_$1" domain show | sed -n 's/.*domain_uuid *: *\([0-9a-f-]*\).*/\1/p'; }
in_domain() { [ "$(domain "$1")" = "$2" ] || stop "$1 does not hold domain $2. Make a new runbook."; }
one_domain() { local uuid; uuid=$(domain "$1"); [ -n "$uuid" ] && [ "$uuid" = "$(domain "$2")" ]; }
backed_up() { [ -s "$1.backup" ] || stop "There is no backup of $1: do the step that makes it first."; }
proved_domain() { one_domain "$1" "$2" || stop "$1 and $2 are not in one domain."; }
started() { "log_$1" "$2" | grep -q 'Starting replication interface'; }
# restart SERVER SINCE-FILE: since then its log is read
restart() { "clock_$1" > "$2" && "service_$1" restart; }
# spans NAME HOST PORT WORDS STRICT: the newest span of that name with that partner holds the words (and, strict, no warning or error)
spans() {
  sed $'s/\033\\[[0-9;]*m//g' | awk -v name=" $1 [" -v host="$2" -v port="$3" -v words="$4" -v strict="$5" '
    index($0, name) && (index($0 " ", "server_name: " host " ") || index($0, "domain: \"" host "\"")) &&
      (index($0, ":" port "]") || index($0, ":" port ",") || !index($0, "sock_addrs")) { mine[$1] = 1; last = $1; next }
    mine[$1] && ($2 == "WARN" || $2 == "ERROR") { bad[$1] = 1 }
    mine[$1] && index($0, words) { good[$1] = 1 }
    END { exit !(last != "" && good[last] && !(strict && bad[last])) }'
}
pulled() { "log_$1" "$2" | spans repl_run_consumer "$3" "$4" 'Incremental Replication Success' 1; }
refreshed() { "log_$1" "$2" | spans repl_run_consumer_refresh "$3" "$4" 'Replication refresh was successful.' ''; }
no_complaint() { ! "log_$1" "$2" | grep -E 'Supplier is lagging|Replication Critical' || stop "$1 complains of its partner, above."; }
# states SERVER PATH: a backup's entries by uuid, with when each of their attributes was changed; what is not packed passes as it is
states() (
  set -o pipefail
  "read_$1" "$2" | gzip -dcf | jq -S -c '.entries[].ent.V3 | [.attrs.uuid, .changestate]' | sort
)
backup_domain() (
  set -o pipefail
  "read_$1" "$2" | gzip -dcf | tr '{,' '\n\n' | sed -n 's/^ *"db_d_uuid" *: *"\([^"]*\)".*/\1/p'
)`;
