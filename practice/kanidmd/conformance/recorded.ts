import { DEFAULT_VERSION } from '../versions';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A file of test/recorded. */
export function recorded(file: string, version: string = DEFAULT_VERSION): string {
  return readFileSync(
    fileURLToPath(new URL(`../../../test/recorded/kanidmd-${version}/${file}`, import.meta.url)),
    'utf8',
  );
}

/**
 * The blocks of a log: a line outside any span, or a span with all its lines. Ids, times, addresses, certificates,
 * partners' domain and ports are replaced by placeholders.
 *
 * Left out on purpose: what the program tells in miniature (reindexes and their index warnings, the built-in entries
 * being created), what depends on the machine (file modes, uid, the stale lock), and the purge spans, which come at
 * any time.
 */
export function blocks(log: string): string[] {
  const found: { id: string; text: string }[] = [];
  for (const line of log.split('\n')) {
    if (line === '' || noise.some((one) => one.test(line))) continue;
    const id = /^[0-9a-f]{8}-[0-9a-f-]{27}/.exec(line)?.[0] ?? '';
    const text = normalise(line);
    const last = found.at(-1);
    if (last && id !== '' && !id.startsWith('00000000') && last.id === id) last.text += `\n${text}`;
    else found.push({ id, text });
  }
  return found.map((one) => one.text).filter((text) => !dropped.some((one) => one.test(text)));
}

/** The different blocks of a log, sorted: what was said at all. */
export function sayings(log: string): string[] {
  return [...new Set(blocks(log))].sort();
}

/** The blocks in order, repetitions in a row and lines of concurrent tasks left out: how a start or a stop goes. */
export function story(log: string): string[] {
  const ordered = blocks(log).filter((text) => !concurrent.some((one) => one.test(text)));
  return ordered.filter((text, index) => text !== ordered[index - 1]);
}

/** One line with everything replaced that differs from run to run. */
export function normalise(line: string): string {
  return line
    .replace(/^[0-9a-f]{8}-[0-9a-f-]{27} /, '')
    .replace(/\[ [\d.]+(?:µs|ms|s) \| [^\]]*\]/g, '[T]')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replace(/\b([a-z]+-[a-d])\.(?:example\.com|localhost)(?::\d+)?/g, '<$1>')
    .replace(/(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?/g, 'ADDRESS')
    .replace(/\[::ffff:ADDRESS\]:\d+/g, '[::ffff:ADDRESS]')
    .replace(/certificate":?:? ?"[A-Za-z0-9_=-]+"/g, 'certificate: CERTIFICATE')
    .replace(/certificate: "[A-Za-z0-9_=-]+"/g, 'certificate: CERTIFICATE')
    .replace(/DateTime \{[^}]*\}/g, 'DateTime')
    .replace(/[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d \d{4} GMT/g, 'DATE')
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:Z| UTC)/g, 'DATE')
    .replace(/wait_time = \d+s/g, 'wait_time')
    .replace(/pid: Some\(\d+\)/g, 'pid')
    .replace(/thread count: \d+/g, 'threads')
    .replace(/path: \/data\/(?:b\/)?,/g, 'path: /data/,')
    .replace(/tls_err: Os \{[^}]*\}/g, 'tls_err')
    .replace(/task_poll_interval: \d+s/g, 'interval')
    .replace(/private key size is: \d+ bits/g, 'private key size');
}

const noise = [
  /may be a security risk|could be a security risk/,
  /\[(?:info|warn)\]: (?:System reindex|Reindexed|Optimising Indexes|Calculating Index)/,
  /[━ ]reindex \[/,
  /YOU MUST REINDEX|CLEARING CACHE/,
  /System reindex|reindexed \d+ entries|^Optimising Indexes|^Calculating Index/,
  /allowed create of|regenerating |no active jw/,
  /Unable to clean up kanidmd exclusive lock/,
  /initialise_schema_idm|initialise_idm|plugin_domain|Upgraded default|no entries to migrate/,
  /[━ ]migrate_domain_[2-5]_to|delete: no candidates/,
  /[━ ]qswt_commit|[━ ]initialise_domain_info|[━ ]initialise_schema_core/,
];
const dropped = [
  /^INFO {5}handle_purge/,
  /^INFO {5}(?:route_setup|supplier_get_key_cert|qswt_commit|handle_repl_conn) \[T\]$/,
  /UNCLEAN SHUTDOWN/,
];
const concurrent = [
  /^Logging filter|^Logging pipeline|Using config file|^Log filter/,
  /Online backup next run|Starting Replication Acceptor|Created replication interface/,
  /Stopped (?!🛑)|Signal received|Allowing admin socket|handle_admin_client/,
  /Domain UUID does not match|repl_run_consumer|TLS setup error|Failed to create TLS|Ignoring connection|This is because/,
];
