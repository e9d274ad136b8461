import type { CertificateText, Origin } from '../names';

/** What a server.toml says, as far as Kanilink cares. Made by `readServerConfig`. */
export interface ServerConfig {
  /** No `version` key: legacy. */
  readonly version: 'legacy' | '2';
  readonly domain: string | null;
  /** The HTTPS origin. */
  readonly origin: string | null;
  readonly dbPath: string | null;
  readonly adminBindPath: string | null;
  /** The HTTPS bind address. */
  readonly bindaddress: string | null;
  readonly ldapBindaddress: string | null;
  readonly onlineBackupPath: string | null;
  /** `i_acknowledge_that_replication_is_in_development` is there. */
  readonly acknowledgement: boolean;
  readonly replication: ReplicationConfig | null;
}

export interface ReplicationConfig {
  /** As spelled in the file; null when the key is missing (Kanidm then refuses to start). */
  readonly origin: string | null;
  /** Default `127.0.0.1:8444`. */
  readonly bindaddress: string | null;
  /** Seconds; default 15, capped at 300. */
  readonly taskPollInterval: number;
  readonly partners: readonly Partner[];
}

export type PartnerType = 'mutual-pull' | 'pull' | 'allow-pull';

/** One partner table of a server's own file. */
export interface Partner {
  /** Canonical; the file may spell it otherwise. */
  readonly origin: Origin;
  readonly type: PartnerType;
  /** The pin: `partner_cert`, `supplier_cert` or `consumer_cert`. */
  readonly certificate: CertificateText;
  readonly automaticRefresh: boolean;
}

/** True when a server with this table fetches from the partner. */
export const pulls = (type: PartnerType): boolean => type !== 'allow-pull';
/** True when a server with this table lets the partner fetch. */
export const allowsPull = (type: PartnerType): boolean => type !== 'pull';

/** Seconds between rounds when the file says nothing (`kanidm.md`). */
export const DEFAULT_POLL_INTERVAL = 15;
/** Seconds; a larger value in the file means this one (`kanidm.md`). */
export const LONGEST_POLL_INTERVAL = 300;
/** Where the replication port is bound when the file says nothing (`kanidm.md`). */
export const DEFAULT_BINDADDRESS = '127.0.0.1:8444';

/** The key that holds the pin in a table of this type (`kanidm.md`; another key refuses to start). */
export const certificateKey: Readonly<Record<PartnerType, string>> = {
  'mutual-pull': 'partner_cert',
  pull: 'supplier_cert',
  'allow-pull': 'consumer_cert',
};

/** Keys of `[replication]` that are no partner origins (`kanidm.md`, "server.toml"). */
export const REPLICATION_KEYS = ['origin', 'bindaddress', 'task_poll_interval'] as const;
export type ReplicationKey = (typeof REPLICATION_KEYS)[number];

/** One change to a server.toml. A change that is already so changes nothing. */
export type ConfigChange =
  | { readonly kind: 'set-origin'; readonly origin: Origin }
  | { readonly kind: 'set-bindaddress'; readonly bindaddress: string }
  /** Seconds, 1 to 300. */
  | { readonly kind: 'set-poll-interval'; readonly seconds: number }
  | { readonly kind: 'set-partner'; readonly partner: Partner }
  | { readonly kind: 'remove-partner'; readonly origin: Origin }
  /** Takes a key of `[replication]` away; with the last one goes an empty section. Kanidm needs the origin. */
  | { readonly kind: 'remove-key'; readonly key: ReplicationKey }
  /** Needed up to 1.1.0-rc.16, fatal from 1.2 on (`kanidm.md`). */
  | { readonly kind: 'acknowledge'; readonly present: boolean };
