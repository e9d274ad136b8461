import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFleet } from '../../../shared/fleet/read/read-fleet';
import { parseOrigin } from '../../../shared/base/origin';
import type { TestSite } from '../../deploy/support/site';

/**
 * The bare steps of Kanidm's manual for idm-a and idm-b in one shell script, one after the other: no test of a file, no
 * backup, no look at what is there. It ends when the same is proved as a deploy proves by the logs: the refresh's span, one
 * domain, and a round of each direction since the last restart. One connection to each server serves all its commands.
 */
export async function pairByHand(site: TestSite): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kl-hand-'));
  const { fleet } = readFleet(await readFile(site.fleet.fleet, 'utf8'), site.fleet.fleet);
  const [a, b] = ['idm-a', 'idm-b'].map((id) => {
    const { host, port, user, config } = site.fleet.machine(id);
    const listed = fleet?.servers.find((it) => it.id === id);
    const origin = listed?.origin ?? '';
    return {
      ssh: `ssh://${user}@${host}:${port}`,
      config,
      origin,
      bind: listed?.bindaddress ?? '',
      parts: parseOrigin(origin),
    };
  });
  if (!a || !b) throw new Error('two servers are paired');
  const script = `
ssh_() { command ssh -n -i '${site.fleet.identity}' -o UserKnownHostsFile='${site.fleet.knownHosts}' -o ControlMaster=auto -o ControlPath='${folder}/%p' -o ControlPersist=60 "$@"; }
a() { ssh_ ${a.ssh} "$@"; }
b() { ssh_ ${b.ssh} "$@"; }
append() { { "$1" "cat $2"; cat; } > ${folder}/new && command ssh -i '${site.fleet.identity}' -o UserKnownHostsFile='${site.fleet.knownHosts}' -o ControlPath='${folder}/%p' "$3" "tee $2" < ${folder}/new > /dev/null; }
answers() { until "$1" "kanidmd domain show -c $2" 2>/dev/null | grep -q domain_uuid; do sleep 0.2; done; }
certificate() { until "$1" "kanidmd show-replication-certificate -c $2" 2>/dev/null | sed -n 's/.*certificate: "\\(.*\\)".*/\\1/p' | grep .; do sleep 0.2; done; }
span() { "$1" "journalctl -u kanidmd -o cat --since=@$2" 2>/dev/null | awk -v n=" $3 [" -v p=":$4]" -v w="$5" 'index($0, n) && index($0, p) { m[$1] = 1 } m[$1] && index($0, w) { f = 1 } END { exit !f }'; }
proved() { until span "$@"; do sleep 0.25; done; }
append a ${a.config} ${a.ssh} <<'END'

[replication]
origin = "${a.origin}"
bindaddress = "${a.bind}"
END
a 'systemctl restart kanidmd' && answers a ${a.config}
CA=$(certificate a ${a.config}); CB=$(certificate b ${b.config})
append a ${a.config} ${a.ssh} <<END

[replication."${b.origin}"]
type = "mutual-pull"
partner_cert = "$CB"
END
append b ${b.config} ${b.ssh} <<END

[replication."${a.origin}"]
type = "mutual-pull"
partner_cert = "$CA"
END
a 'systemctl restart kanidmd' && answers a ${a.config}
SINCE=$(b 'date +%s')
b 'systemctl restart kanidmd' && answers b ${b.config}
b 'kanidmd refresh-replication-consumer --i-want-to-refresh-this-servers-database -c ${b.config}' > /dev/null
proved b $SINCE repl_run_consumer_refresh ${a.parts?.port ?? 0} 'Replication refresh was successful.'
proved a $SINCE repl_run_consumer ${b.parts?.port ?? 0} 'Incremental Replication Success'
proved b $SINCE repl_run_consumer ${a.parts?.port ?? 0} 'Incremental Replication Success'
uuid() { "$1" "kanidmd domain show -c $2" | sed -n 's/.*domain_uuid *: *//p'; }
[ "$(uuid a ${a.config})" = "$(uuid b ${b.config})" ]
`;
  try {
    await new Promise<void>((resolve, reject) => {
      execFile('bash', ['-c', script], { timeout: 300_000 }, (error, _out, err) =>
        error ? reject(new Error(`the script failed: ${err}`)) : resolve(),
      );
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
