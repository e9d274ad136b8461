import { readFileSync } from 'node:fs';
import type { Fleet, FleetServer, Link } from '../../shared/fleet/model/fleet';
import type { Certificate } from '../../shared/certificates/certificate';
import {
  type CertificateText,
  type DomainUuid,
  type Fingerprint,
  type Origin,
  type ServerId,
  type Sha256,
  trusted,
} from '../../shared/base/names';
import type { ContainerFacts, ObservedServer } from '../../shared/observed/observed';
import type { Fault } from '../../shared/base/result';
import { readServerConfig } from '../../shared/server-config/read-server-config';
import { certificateKey, type Partner } from '../../shared/server-config/server-config';

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
/** The name it is for, and the uuid of the server it was recorded on, as subject and as issuer. */
const NAME = 'idm-a.example.com';
const COMMON_NAME = '37d2eded-fdee-4f4c-a60c-80105e881711';

export interface SeenServer {
  readonly id: string;
  /** First digit of its domain uuid. */
  readonly domain: string;
  /** Partner tables: `idm-a mutual-pull`, `idm-a pull automatic`. Null: no `[replication]`. */
  readonly tables: readonly string[] | null;
  readonly state?: ObservedServer['state'];
  readonly version?: string;
  /** Its file was changed after it started. */
  readonly stale?: boolean;
}

/** A server as a probe would show it, tables as values. */
export interface ShownServer {
  readonly id: string;
  readonly state: ObservedServer['state'];
  readonly domain: DomainUuid | null;
  /** Its own origin; null: no `[replication]`. */
  readonly origin: Origin | null;
  readonly partners: readonly Partner[];
  readonly certificate: Certificate | null;
  readonly stale: boolean;
  readonly version?: string;
}

export const originOfTest = (id: string): Origin => trusted<Origin>(`repl://${id}.example.com:8444`);

/** A certificate that stands for a server's own: its name as the common name, a new serial number when it is renewed. */
export const certificateOfTest = (id: string, renewals = 0): CertificateText => {
  const der = Buffer.from(template);
  der.write(`${renewals}${id}`.padEnd(SERIAL.length, '.'), SERIAL.at, SERIAL.length, 'latin1');
  for (let at = der.indexOf(COMMON_NAME); at !== -1; at = der.indexOf(COMMON_NAME))
    der.write(uuidOfTest(id), at);
  // A name of another length would need other lengths around it.
  const at = der.indexOf(NAME);
  if (at !== -1 && id.length === 5) der.write(`${id}.example.com`, at);
  return trusted<CertificateText>(der.toString('base64url'));
};

/** The uuid that stands for a server. */
function uuidOfTest(id: string): string {
  const hex = Buffer.from(id.padEnd(16, '.'), 'latin1').toString('hex').slice(0, 32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** @param digit its first digit, repeated; or all eight. */
export const domainOfTest = (digit: string): DomainUuid =>
  trusted<DomainUuid>(`${digit.length === 8 ? digit : digit.repeat(8)}-0000-4000-8000-000000000000`);

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

/** A container of a server of the test fleet, as it should be, but for `facts`. */
export const containerOfTest = (facts: Partial<ContainerFacts> = {}): ContainerFacts => ({
  ...{ id: 'f00d', name: 'idm', image: 'kanidm/server:1.10.5', restartPolicy: 'always' },
  ...{ networks: ['bridge'], ports: [], configOn: 'mount', ownerKnown: true, autoRemoved: false },
  mounts: [{ type: 'volume', destination: '/data', source: '/v', volume: 'idm', writable: true }],
  ...{ composeProject: null, unit: null, unitInReach: true, engine: null },
  ...facts,
});

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
  const state = seen.state ?? 'running';
  const running = state === 'running';
  return observedOf({
    id: seen.id,
    state,
    domain: running ? domainOfTest(seen.domain) : null,
    origin: seen.tables === null ? null : originOfTest(seen.id),
    partners: (seen.tables ?? []).map(partnerOfTest),
    certificate: running && seen.tables !== null ? readCertificateOfTest(seen.id) : null,
    stale: seen.stale ?? false,
    ...(seen.version === undefined ? {} : { version: seen.version }),
  });
}

/** What a probe finds of a process that shows no certificate, though its file has `[replication]`. */
export const noCertificateOfTest = (id: string): Fault => ({
  code: 'no-certificate-shown',
  message: 'shows no certificate',
  fix: 'read its log',
  where: { server: trusted<ServerId>(id) },
});

/** What a probe would have seen; of a server that is out of reach, nothing. */
export function observedOf(shown: ShownServer): ObservedServer {
  const { id, state, domain, certificate } = shown;
  const reached = state !== 'unreachable';
  const version = shown.version ?? '1.10.5';
  const text = serverToml(shown);
  const config = readServerConfig(new TextEncoder().encode(text), { server: id });
  if (!config.ok) throw new Error(config.error.message);
  const path = '/etc/kanidm/server.toml';
  const sha256 = trusted<Sha256>('a'.repeat(64));
  return {
    id: trusted<ServerId>(id),
    state,
    faults: [],
    facts: reached
      ? {
          configPath: path,
          overrides: {},
          publishedPorts: null,
          manager: 'systemd',
          clockOffsetMs: 0,
          startedAt: 2000,
          runningVersion: version,
          service: { state: state === 'running' ? 'running' : 'stopped', detail: '' },
        }
      : null,
    file: reached ? { path, sha256, text, modifiedAt: shown.stale ? 60_000 : 1000 } : null,
    config: reached ? config.value : null,
    versionOnDisk: reached ? version : null,
    domain: reached && domain !== null ? { name: 'idm.example.com', uuid: domain, level: 14 } : null,
    certificate: reached ? certificate : null,
    log: null,
  };
}

/** A server's certificate, read; `host`: the name in it, `renewals`: how often it was made anew. */
export function readCertificateOfTest(id: string, host = `${id}.example.com`, renewals = 0): Certificate {
  return {
    text: certificateOfTest(id, renewals),
    fingerprint: trusted<Fingerprint>(`SHA256:${`${renewals}${id}`.replaceAll('-', '+').padEnd(43, 'x')}`),
    notBefore: '2026-11-23T15:24:07.000Z',
    notAfter: '2046-11-23T15:24:07.000Z',
    names: [host],
    addresses: /^[0-9.]+$/.test(host) ? [host] : [],
  };
}

const HEAD = [
  'version = "2"',
  'bindaddress = "0.0.0.0:8443"',
  'db_path = "/var/lib/kanidm/kanidm.db"',
  'tls_chain = "/var/lib/kanidm/chain.pem"',
  'tls_key = "/var/lib/kanidm/key.pem"',
  'domain = "idm.example.com"',
  'origin = "https://idm.example.com"',
  '',
];

function serverToml({ origin, partners }: ShownServer): string {
  if (origin === null) return HEAD.join('\n');
  const replication = ['[replication]', `origin = "${origin}"`, 'bindaddress = "0.0.0.0:8444"', ''];
  const tables = partners.flatMap((it) => [
    `[replication."${it.origin}"]`,
    `type = "${it.type}"`,
    `${certificateKey[it.type]} = "${it.certificate}"`,
    ...(it.automaticRefresh ? ['automatic_refresh = true'] : []),
    '',
  ]);
  return [...HEAD, ...replication, ...tables].join('\n');
}

function partnerOfTest(text: string): Partner {
  const [partner = '', type, flag] = text.split(' ');
  if (type !== 'mutual-pull' && type !== 'pull' && type !== 'allow-pull') throw new Error(`no type: ${text}`);
  const certificate = certificateOfTest(partner);
  return { origin: originOfTest(partner), type, certificate, automaticRefresh: flag === 'automatic' };
}
