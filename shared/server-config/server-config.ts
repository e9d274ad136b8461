import { z } from 'zod';
import { ids } from '../base/ids';

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
  /** The certificate chain of HTTPS. */
  readonly tlsChain: string | null;
  /** The key of that certificate. */
  readonly tlsKey: string | null;
  readonly ldapBindaddress: string | null;
  readonly onlineBackupPath: string | null;
  /** `compression = "none"` of `[online_backup]`, which counts for every backup (measured on 1.11.1). */
  readonly plainBackups: boolean;
  /** Where kanidmd sends its log and the words of its commands, by OpenTelemetry; null: they are printed. */
  readonly otelCollector: string | null;
  /** `i_acknowledge_that_replication_is_in_development` is there. */
  readonly acknowledgement: boolean;
  readonly replication: ReplicationConfig | null;
}

export interface ReplicationConfig {
  /** As spelled in the file; null when the key is missing (Kanidm then refuses to start). */
  readonly origin: string | null;
  /** Null when the key is missing: kanidmd then refuses to start (measured on 1.8.6 to 1.11.1; in every version's source). */
  readonly bindaddress: string | null;
  /** Seconds; default 15, capped at 300. */
  readonly taskPollInterval: number;
  readonly partners: readonly Partner[];
}

export const partnerType = z.enum(['mutual-pull', 'pull', 'allow-pull']);
export type PartnerType = z.output<typeof partnerType>;

/** One partner table of a server's own file. */
export const partner = z
  .object({
    /** Canonical; the file may spell it otherwise. */
    origin: ids.origin,
    type: partnerType,
    /** The pin: `partner_cert`, `supplier_cert` or `consumer_cert`. */
    certificate: ids.certificate,
    automaticRefresh: z.boolean(),
  })
  .readonly();
export type Partner = z.output<typeof partner>;

/** True when a server with this table fetches from the partner. */
export const pulls = (type: PartnerType): boolean => type !== 'allow-pull';
/** True when a server with this table lets the partner fetch. */
export const allowsPull = (type: PartnerType): boolean => type !== 'pull';

/** The partner tables of a server; none where its file says nothing of replication, or is not known. */
export const partnersOf = (config: ServerConfig | null | undefined): readonly Partner[] =>
  config?.replication?.partners ?? [];

/** Seconds between rounds when the file says nothing (`kanidm.md`, "Replication keys"). */
export const DEFAULT_POLL_INTERVAL = 15;
/** Seconds; a larger value in the file means this one (`kanidm.md`, "Replication keys"). */
export const LONGEST_POLL_INTERVAL = 300;

/** The key that holds the pin in a table of this type (`kanidm.md`, "Partner tables"; another key refuses to start). */
export const certificateKey: Readonly<Record<PartnerType, string>> = {
  'mutual-pull': 'partner_cert',
  pull: 'supplier_cert',
  'allow-pull': 'consumer_cert',
};

/** Keys of `[replication]` that are no partner origins (`kanidm.md`, "Replication keys"). */
export const REPLICATION_KEYS = ['origin', 'bindaddress', 'task_poll_interval'] as const;
export type ReplicationKey = (typeof REPLICATION_KEYS)[number];

/** One change to a server.toml. A change that is already so changes nothing. */
export const configChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('set-origin'), origin: ids.origin }).readonly(),
  z.object({ kind: z.literal('set-bindaddress'), bindaddress: z.string() }).readonly(),
  /** Seconds, 1 to 300. */
  z.object({ kind: z.literal('set-poll-interval'), seconds: z.number() }).readonly(),
  z.object({ kind: z.literal('set-partner'), partner }).readonly(),
  z.object({ kind: z.literal('remove-partner'), origin: ids.origin }).readonly(),
  /** Takes a key of `[replication]` away; with the last one goes an empty section. Kanidm needs the origin. */
  z.object({ kind: z.literal('remove-key'), key: z.enum(REPLICATION_KEYS) }).readonly(),
  /** Needed up to 1.1.0-rc.16, fatal from 1.2 on (`kanidm.md`, "Format by version"). */
  z.object({ kind: z.literal('acknowledge'), present: z.boolean() }).readonly(),
]);
export type ConfigChange = z.output<typeof configChange>;
