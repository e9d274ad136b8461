/**
 * What Kanidm's versions differ in, a row for each that changed something Kanilink cares about, oldest first: a row has
 * all that the one before has, and says what differs. Facts alone, no code: the readers of files, logs and answers take
 * them by `versions.ts`, and the practice kanidmd reads the rows too (`docs/decisions/0005-practice-shares-nothing.md`).
 * A new version is a row, and its recordings.
 */

/**
 * What kanidmd reads a key of the top level as. `text` stands for paths too; `proxies` is the table that names the
 * proxies whose words about a client's address are believed.
 */
export type KeyKind =
  'text' | 'url' | 'count' | 'boolean' | 'address' | 'role' | 'log-level' | 'proxies' | 'section' | 'any';

/** A key of the top level of server.toml. */
export interface KeyRow {
  readonly kind: KeyKind;
  /** The one form of file that takes it; left out: both. */
  readonly form?: 'legacy' | '2';
  /** What other files or versions have in its place, in words. */
  readonly instead?: string;
}

/** What a recorded version prints, and how its files look (`test/recorded/`); the practice kanidmd prints it. */
export interface Recorded {
  /** The first ten digits of the commit, printed by `version`. */
  readonly commit: string;
  readonly domainLevel: number;
  /** The oldest domain level a refresh may bring. */
  readonly minDomainLevel: number;
  /** `early` are the releases of 2024: other span heads, `-o json`, an older TOML library, no `scripting`. */
  readonly shape: 'early' | 'modern';
  /** The line `i_acknowledge_that_replication_is_in_development`: needed, or an unknown field. */
  readonly acknowledgement: 'required' | 'unknown';
  /** The long flag for the path of server.toml; `-c` is every version's. */
  readonly configFlag: '--config' | '--config-path';
  /** How the certificate looks: OpenSSL's of 180 days with a key usage, or the four-year one without. */
  readonly certificate: 'openssl' | 'rustcrypto';
  /** Whether a renewal holds the replication port for about a minute. */
  readonly slowRenewal: boolean;
  /** How the start line names OpenTelemetry's collector. */
  readonly telemetryKey: 'otel_grpc_url' | 'otel_grpc_endpoint';
  /** The word of the line that says that it serves. */
  readonly ready: 'ready' | 'Ready';
  /** What replication says when it stops. */
  readonly stopped: 'Stopped Replication' | 'Stopped Replication Supervisor';
  /** Whether a start with a filled database, and a refresh, go through the core schema and the indices again. */
  readonly reindexes: boolean;
}

interface VersionRow {
  /** The first version of which it is true: `1.8.0`, `1.1.0-rc.16`. */
  readonly version: string;
  /** What it can do, or how it says something, that those before do not. */
  readonly adds?: readonly string[];
  /** What is over with it. */
  readonly drops?: readonly string[];
  /** Keys of the top level that it begins to read (`kanidm.md`, "Format by version"). */
  readonly keys?: Readonly<Record<string, KeyRow>>;
  /** Keys of the top level that it refuses again. */
  readonly dropsKeys?: readonly string[];
  readonly recorded?: Recorded;
  /** Not out yet when this was written: it may have more than is said here. */
  readonly announced?: true;
}

const v1_1 = {
  commit: '0000000000',
  domainLevel: 5,
  minDomainLevel: 5,
  shape: 'early',
  acknowledgement: 'required',
  configFlag: '--config',
  certificate: 'openssl',
  slowRenewal: true,
  telemetryKey: 'otel_grpc_url',
  ready: 'ready',
  stopped: 'Stopped Replication',
  reindexes: true,
} as const satisfies Recorded;
const v1_2 = {
  ...v1_1,
  commit: '9efa91ae93',
  domainLevel: 6,
  acknowledgement: 'unknown',
} as const satisfies Recorded;
const v1_10 = {
  ...v1_2,
  commit: '715020ccd2',
  domainLevel: 14,
  minDomainLevel: 12,
  shape: 'modern',
  configFlag: '--config-path',
  certificate: 'rustcrypto',
} as const satisfies Recorded;
const v1_11 = {
  ...v1_10,
  commit: 'bfb60b5cb3',
  domainLevel: 15,
  minDomainLevel: 13,
  slowRenewal: false,
  telemetryKey: 'otel_grpc_endpoint',
  ready: 'Ready',
  stopped: 'Stopped Replication Supervisor',
  reindexes: false,
} as const satisfies Recorded;

export const rows = [
  {
    version: '1.1.0-rc.15',
    // `acknowledgement`: the line i_acknowledge_that_replication_is_in_development is needed.
    adds: ['acknowledgement', 'automatic-refresh-demanded'],
    keys: {
      domain: { kind: 'text' },
      origin: { kind: 'url' },
      db_path: { kind: 'text' },
      // Any text: what is not "zfs" counts as the default.
      db_fs_type: { kind: 'text' },
      db_arc_size: { kind: 'count' },
      tls_chain: { kind: 'text' },
      tls_key: { kind: 'text' },
      bindaddress: { kind: 'address' },
      ldapbindaddress: { kind: 'address' },
      adminbindpath: { kind: 'text' },
      role: { kind: 'role' },
      log_level: { kind: 'log-level' },
      online_backup: { kind: 'section' },
      replication: { kind: 'section' },
      http_client_address_info: { kind: 'proxies', form: '2', instead: 'trust_x_forward_for' },
      ldap_client_address_info: { kind: 'proxies', form: '2' },
      trust_x_forward_for: { kind: 'boolean', form: 'legacy', instead: 'http_client_address_info' },
    },
  },
  {
    version: '1.1.0-rc.16',
    // `variables`: KANIDM_… of the environment are read.
    adds: ['variables'],
    drops: ['automatic-refresh-demanded'],
    keys: {
      tls_client_ca: { kind: 'text' },
      otel_grpc_url: { kind: 'text', instead: 'otel_grpc_endpoint = "HOST:PORT"' },
    },
    recorded: v1_1,
  },
  // `required-by-variable`: what it does not start without may stand in a variable alone.
  { version: '1.2.0', adds: ['required-by-variable'], drops: ['acknowledgement'], recorded: v1_2 },
  // Before, KANIDM_DB_PATH overwrote the HTTPS origin, and the database stayed where the file says (measured on 1.2.0).
  { version: '1.2.3', adds: ['database-variable'] },
  { version: '1.3.0', adds: ['patch-levels'], keys: { thread_count: { kind: 'count' } } },
  { version: '1.4.2', adds: ['names-resolved-each-round'] },
  {
    version: '1.6.0',
    // Where file and variable both say something, the file counts (measured on 1.8.6).
    adds: ['file-over-variables'],
    keys: { maximum_request_size_bytes: { kind: 'count' } },
  },
  // `networks`: a whole network stands for its addresses. `rounds-at-debug`: their log tells of rounds at that level alone.
  { version: '1.6.3', adds: ['version-2-file', 'networks', 'rounds-at-debug'] },
  // TLS by rustls; before, by OpenSSL: the same fact in another spelling.
  { version: '1.7.0', adds: ['rustls'], drops: ['rounds-at-debug'] },
  // An IPv4 address as origin: the certificate names it as an address.
  { version: '1.7.3', adds: ['address-origin', 'partners-named'] },
  {
    version: '1.8.0',
    // `packed-backup`: unless [online_backup] says otherwise; a restore goes by the name (read in the sources).
    adds: ['list-of-addresses', 'proxy-1', 'round-limits', 'packed-backup'],
  },
  // Inline tables over several lines, `\e`, times without seconds.
  { version: '1.8.6', adds: ['toml-1.1'] },
  {
    version: '1.9.0',
    // `server-admin-variable`: KANIDM_SERVER_ADMIN_BIND_PATH is the admin socket's variable.
    adds: ['online-backup', 'telemetry-told', 'server-admin-variable'],
    drops: ['file-over-variables'],
    keys: { migration_path: { kind: 'text', form: '2' } },
  },
  { version: '1.10.0', drops: ['server-admin-variable'] },
  { version: '1.10.5', recorded: v1_10 },
  {
    version: '1.11.0',
    adds: ['otel-endpoint'],
    keys: { otel_grpc_endpoint: { kind: 'text', instead: 'otel_grpc_url = "http://HOST:PORT"' } },
    dropsKeys: ['otel_grpc_url'],
  },
  { version: '1.11.1', adds: ['quick-renewal'], recorded: v1_11 },
  {
    version: '1.12.0',
    // Settings named `krc_…` inside [replication].
    adds: ['planned-replication-keys'],
    keys: { http_server_versions: { kind: 'any', form: '2' } },
    announced: true,
  },
] as const satisfies readonly VersionRow[];

type Row = (typeof rows)[number];
/** What some versions can do or say otherwise than others. */
export type Ability = Extract<Row, { readonly adds: unknown }>['adds'][number];
/** A version that was recorded, or of which enough is known to play it. */
export type RecordedId = Extract<Row, { readonly recorded: unknown }>['version'];
