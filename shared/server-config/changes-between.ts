import type { Origin } from '../names';
import { sameOrigin } from '../origin';
import {
  type ConfigChange,
  DEFAULT_POLL_INTERVAL,
  LONGEST_POLL_INTERVAL,
  type Partner,
  pulls,
  type ReplicationConfig,
  type ServerConfig,
} from './server-config';

/** What a server.toml means after `changes`, in their order; the same that `editServerConfig` writes. */
export function applyTo(config: ServerConfig, changes: readonly ConfigChange[]): ServerConfig {
  return changes.reduce(applyOne, config);
}

/** True when both tables mean the same; the flag counts only where the server pulls. */
export function partnersEqual(a: Partner, b: Partner): boolean {
  return (
    sameOrigin(a.origin, b.origin) &&
    a.type === b.type &&
    a.certificate === b.certificate &&
    (!pulls(a.type) || a.automaticRefresh === b.automaticRefresh)
  );
}

function applyOne(config: ServerConfig, change: ConfigChange): ServerConfig {
  switch (change.kind) {
    case 'acknowledge':
      return { ...config, acknowledgement: change.present };
    case 'set-origin': {
      const { origin } = section(config);
      // An origin spelled otherwise is the same and stays as spelled.
      const same = origin !== null && sameOrigin(origin, change.origin);
      return same ? config : { ...config, replication: { ...section(config), origin: change.origin } };
    }
    case 'set-bindaddress':
      return { ...config, replication: { ...section(config), bindaddress: change.bindaddress } };
    case 'set-poll-interval': {
      const taskPollInterval = Math.min(change.seconds, LONGEST_POLL_INTERVAL);
      return { ...config, replication: { ...section(config), taskPollInterval } };
    }
    case 'set-partner': {
      const partners = withPartner(section(config).partners, change.partner);
      return { ...config, replication: { ...section(config), partners } };
    }
    case 'remove-partner':
      return config.replication === null
        ? config
        : { ...config, replication: without(config.replication, change.origin) };
  }
}

function withPartner(partners: readonly Partner[], wanted: Partner): readonly Partner[] {
  const partner = { ...wanted, automaticRefresh: wanted.automaticRefresh && pulls(wanted.type) };
  const known = partners.some((it) => it.origin === partner.origin);
  return known ? partners.map((it) => (it.origin === partner.origin ? partner : it)) : [...partners, partner];
}

const without = (replication: ReplicationConfig, origin: Origin): ReplicationConfig => ({
  ...replication,
  partners: replication.partners.filter((partner) => partner.origin !== origin),
});

const section = (config: ServerConfig): ReplicationConfig =>
  config.replication ?? {
    origin: null,
    bindaddress: null,
    taskPollInterval: DEFAULT_POLL_INTERVAL,
    partners: [],
  };
