import { readFileSync } from 'node:fs';
import type { Fleet, FleetServer, Link } from '../../shared/fleet/fleet';
import type { Certificate } from '../../shared/kanidmd/certificate';
import {
  type CertificateText,
  type DomainUuid,
  type Fingerprint,
  type Origin,
  type ServerId,
  type Sha256,
  trusted,
} from '../../shared/names';
import type { ObservedServer } from '../../shared/observed';
import { readServerConfig } from '../../shared/server-config/read-server-config';

/*
 * Fleets and observations for tests of plans. The pins are a recorded certificate with another serial number for each
 * server: what is written into a server.toml is checked to be a certificate.
 */
const recorded = readFileSync(
  new URL('../recorded/kanidmd-1.10.5/show-cert-a.stdout', import.meta.url),
  'utf8',
);
const template = Buffer.from(/certificate: "([^"]+)"/.exec(recorded)?.[1] ?? '', 'base64url');
/** Where the serial number's bytes lie, after the headers and the version. */
const SERIAL = { at: 16, length: 16 };

export interface SeenServer {
  readonly id: string;
  /** First digit of its domain uuid. */
  readonly domain: string;
  /** Partner tables: `idm-a mutual-pull`, `idm-a pull automatic`. Null: no `[replication]`. */
  readonly tables: readonly string[] | null;
  readonly state?: ObservedServer['state'];
  readonly version?: string;
}

export const originOfTest = (id: string): Origin => trusted<Origin>(`repl://${id}.example.com:8444`);

/** A certificate that stands for a server's own. */
export const certificateOfTest = (id: string): CertificateText => {
  const der = Buffer.from(template);
  der.write(id.padEnd(SERIAL.length, '.'), SERIAL.at, SERIAL.length, 'latin1');
  return trusted<CertificateText>(der.toString('base64url'));
};

const domainOfTest = (digit: string): DomainUuid =>
  trusted<DomainUuid>(`${digit.repeat(8)}-0000-4000-8000-000000000000`);

/** A fleet of servers `idm-a`, … and links `idm-a > idm-b` (mutual), `idm-a ~> idm-b` (one way), `… automatic`. */
export function fleetOfTest(
  ids: readonly string[],
  links: readonly string[],
  more: Partial<Fleet> = {},
): Fleet {
  return {
    name: 'Test',
    domainUuid: null,
    servers: ids.map(serverOfTest),
    links: links.map(linkOfTest),
    removed: [],
    ...more,
  };
}

function serverOfTest(id: string): FleetServer {
  return {
    id: trusted<ServerId>(id),
    connect: 'ssh',
    endpoint: `ssh://admin@${id}.example.com`,
    service: 'kanidmd',
    sudo: false,
    kanidmd: 'kanidmd',
    identity: null,
    knownHosts: null,
    config: null,
    origin: originOfTest(id),
    bindaddress: null,
    refreshFrom: null,
    position: null,
  };
}

function linkOfTest(text: string): Link {
  const [supplier = '', arrow = '', consumer = '', flag] = text.split(' ');
  return {
    supplier: trusted<ServerId>(supplier),
    consumer: trusted<ServerId>(consumer),
    mutual: arrow === '>',
    automaticRefresh: flag === 'automatic',
    supplierOrigin: null,
    consumerOrigin: null,
  };
}

/** What a probe would have seen of a server with this file. */
export function observedOfTest(seen: SeenServer): ObservedServer {
  const text = serverToml(seen);
  const config = readServerConfig(new TextEncoder().encode(text), { server: seen.id });
  if (!config.ok) throw new Error(config.error.message);
  const running = (seen.state ?? 'running') === 'running';
  return {
    id: trusted<ServerId>(seen.id),
    state: seen.state ?? 'running',
    faults: [],
    facts: {
      configPath: '/etc/kanidm/server.toml',
      overrides: {},
      publishedPorts: null,
      manager: 'systemd',
      clockOffsetMs: 0,
      startedAt: 2000,
      runningVersion: seen.version ?? '1.10.5',
      service: { state: running ? 'running' : 'stopped', detail: '' },
    },
    file: {
      path: '/etc/kanidm/server.toml',
      sha256: trusted<Sha256>('a'.repeat(64)),
      text,
      modifiedAt: 1000,
    },
    config: config.value,
    versionOnDisk: seen.version ?? '1.10.5',
    domain: running ? { name: 'idm.example.com', uuid: domainOfTest(seen.domain), level: 14 } : null,
    certificate: running && seen.tables !== null ? readCertificateOfTest(seen.id) : null,
    log: null,
  };
}

export function readCertificateOfTest(id: string): Certificate {
  return {
    text: certificateOfTest(id),
    fingerprint: trusted<Fingerprint>(`SHA256:${id.padEnd(43, 'x')}`),
    notBefore: '2026-11-23T15:24:07.000Z',
    notAfter: '2046-11-23T15:24:07.000Z',
    names: [`${id}.example.com`],
  };
}

function serverToml(seen: SeenServer): string {
  const head = [
    'version = "2"',
    'bindaddress = "0.0.0.0:8443"',
    'db_path = "/var/lib/kanidm/kanidm.db"',
    'tls_chain = "/var/lib/kanidm/chain.pem"',
    'tls_key = "/var/lib/kanidm/key.pem"',
    'domain = "idm.example.com"',
    'origin = "https://idm.example.com"',
    '',
  ];
  if (seen.tables === null) return head.join('\n');
  const replication = [
    '[replication]',
    `origin = "${originOfTest(seen.id)}"`,
    'bindaddress = "0.0.0.0:8444"',
    '',
  ];
  return [...head, ...replication, ...seen.tables.flatMap(partnerTable)].join('\n');
}

function partnerTable(text: string): string[] {
  const [partner = '', type = '', flag] = text.split(' ');
  const key =
    { 'mutual-pull': 'partner_cert', pull: 'supplier_cert', 'allow-pull': 'consumer_cert' }[type] ?? '';
  return [
    `[replication."${originOfTest(partner)}"]`,
    `type = "${type}"`,
    `${key} = "${certificateOfTest(partner)}"`,
    ...(flag === 'automatic' ? ['automatic_refresh = true'] : []),
    '',
  ];
}
