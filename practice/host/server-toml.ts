/** What goes into a machine's server.toml. Paths are absolute. */
export interface ServerTomlFacts {
  readonly id: string;
  readonly version: string;
  readonly domain: string;
  readonly folder: string;
  readonly httpsPort: number;
  /** Null: the operator has not set replication up yet. */
  readonly replication: { readonly origin: string; readonly port: number } | null;
  readonly pollIntervalSeconds: number;
}

/**
 * A server.toml as an operator would have left it: comments, own habits of spacing and order, one style a machine. Tools that
 * edit it have to keep all of that.
 *
 * @param style which operator's habits; any number, styles repeat.
 */
export function serverToml(facts: ServerTomlFacts, style: number): string {
  const write = STYLES[style % STYLES.length] ?? packaged;
  return write(facts);
}

const STYLES = [packaged, terse, aligned];

/** Grown from the packaged example: long comments, everything explained. */
function packaged(facts: ServerTomlFacts): string {
  const { folder } = facts;
  return `${versionKey(facts)}${acknowledgement(facts)}#   The webserver bind address. Requires TLS certificates.
#   Only the reverse proxy talks to it, see the wiki.
bindaddress = "127.0.0.1:${facts.httpsPort}"

#   The path to the kanidm database.
db_path = "${folder}/var/lib/kanidm/kanidm.db"

#   TLS chain and key in pem format. Renewed by the cron job on the first Monday of the month.
tls_chain = "${folder}/etc/kanidm/chain.pem"
tls_key = "${folder}/etc/kanidm/key.pem"

#   The domain and origin: do NOT change, passkeys are bound to them!
domain = "${facts.domain}"
origin = "https://${facts.domain}"

#   The admin socket.
adminbindpath = "${folder}/run/kanidmd/sock"

# log_level = "debug"   # was on while we chased the LDAP problem

[online_backup]
#   Where to put them. ${facts.id} has the big disk.
path = "${folder}/var/lib/kanidm/backups/"
schedule = "00 22 * * *"
versions = 7
${replicationTable(facts, '\n#   Replication\n')}`;
}

/** Written by hand in a hurry. */
function terse(facts: ServerTomlFacts): string {
  const { folder } = facts;
  return `# ${facts.id}
${versionKey(facts)}${acknowledgement(facts)}domain = '${facts.domain}'
origin = 'https://${facts.domain}'
bindaddress = '127.0.0.1:${facts.httpsPort}' # nginx in front
adminbindpath = '${folder}/run/kanidmd/sock'
db_path = '${folder}/var/lib/kanidm/kanidm.db'
tls_chain = '${folder}/etc/kanidm/chain.pem'
tls_key = '${folder}/etc/kanidm/key.pem'
${replicationTable(facts, '\n')}`;
}

/** Everything lined up, indented tables, a closing remark that must stay at the end. */
function aligned(facts: ServerTomlFacts): string {
  const { folder } = facts;
  const title = `##  ${facts.id}: managed by hand, ask before  ##`;
  const rule = '#'.repeat(title.length);
  return `${rule}
${title}
${rule}
${versionKey(facts)}${acknowledgement(facts)}
domain        = "${facts.domain}"
origin        = "https://${facts.domain}"
bindaddress   = "127.0.0.1:${facts.httpsPort}"
adminbindpath = "${folder}/run/kanidmd/sock"
db_path       = "${folder}/var/lib/kanidm/kanidm.db"
tls_chain     = "${folder}/etc/kanidm/chain.pem"
tls_key       = "${folder}/etc/kanidm/key.pem"
role          = "WriteReplica"

[online_backup]
    path     = "${folder}/var/lib/kanidm/backups/"
    schedule = "30 3 * * *"       # after the file server's
${replicationTable(facts, '\n')}
# end of file
`;
}

function replicationTable(facts: ServerTomlFacts, before: string): string {
  if (!facts.replication) return '';
  return `${before}[replication]
origin = "${facts.replication.origin}"
bindaddress = "127.0.0.1:${facts.replication.port}"
task_poll_interval = ${facts.pollIntervalSeconds}
`;
}

/** `version = "2"` is known from 1.6.3 on (`kanidm.md`, "Format by version"). */
function versionKey(facts: ServerTomlFacts): string {
  const [major = 0, minor = 0, patch = 0] = facts.version.split(/[.-]/).map(Number);
  const known = major > 1 || minor > 6 || (minor === 6 && patch >= 3);
  return known ? '# The server configuration file version.\nversion = "2"\n\n' : '';
}

/** Required by the candidates of 1.1.0, refused from 1.2 on (`kanidm.md`, "Format by version"). */
function acknowledgement(facts: ServerTomlFacts): string {
  return facts.replication && facts.version.startsWith('1.1.0-rc')
    ? 'i_acknowledge_that_replication_is_in_development = true\n'
    : '';
}
