import type { AST } from 'toml-eslint-parser';
import { readCertificate } from '../kanidmd/read-certificate';
import { parseOrigin } from '../origin';
import type { Place } from '../result';
import * as words from './findings';
import type { Finding } from './findings';
import { refusesKey } from './known-keys';
import { interpret, type Interpretation } from './read-server-config';
import { booleanOf } from './replication-section';
import { certificateKey, pulls } from './server-config';
import { type KeyPath, keyName, readToml, startOf, type TomlFile } from './toml-file';
import { acknowledgementNeeded, compareVersions, parseVersion, supports } from './versions';

/**
 * Everything in a server.toml that this version of Kanidm would refuse to start with, or start with and not replicate
 * (`kanidm.md`, "server.toml", and its recordings), each with line and column and what to do. Warnings are marked so.
 * @param version as `kanidmd version` prints it: `1.10.5`.
 * @param where the server and the file.
 * @returns in the order of the file; empty when the server would start.
 */
export function checkServerConfig(bytes: Uint8Array, version: string, where: Place): readonly Finding[] {
  const read = readToml(bytes, where);
  if (!read.ok) return [{ ...read.error, severity: 'error' }];
  const file = read.value;
  const meaning = interpret(file, where);
  const at: At = (node) => ({ ...where, ...(node ? startOf(node) : {}) });
  const found = [
    ...meaning.findings,
    ...checkTopLevel(file, version, meaning, at),
    ...checkOwnSection(file, meaning, at),
    ...checkPins(file, meaning, at),
    ...checkFlags(file, version, meaning, at),
  ];
  return found.sort(
    (a, b) => (a.where.line ?? 0) - (b.where.line ?? 0) || (a.where.column ?? 0) - (b.where.column ?? 0),
  );
}

type At = (node: AST.TOMLNode | null | undefined) => Place;

function checkTopLevel(file: TomlFile, version: string, { config }: Interpretation, at: At): Finding[] {
  const found: Finding[] = [];
  const versionKey = file.find(['version']);
  if (versionKey && !supports(version, 'version-2-file'))
    found.push(words.versionTooNew(at(versionKey.pair), version));
  const acknowledged = file.find([words.ACKNOWLEDGEMENT]);
  if (acknowledgementNeeded(version)) {
    // The line is about replication: a server without it starts unasked.
    const place = acknowledged?.pair ?? sectionNode(file);
    const missing =
      config.replication !== null && (acknowledged === null || booleanOf(acknowledged) !== true);
    if (missing) found.push(words.acknowledgementMissing(at(place), version));
  } else if (acknowledged) found.push(words.acknowledgementFatal(at(acknowledged.pair), version));
  for (const [key, node] of topLevelKeys(file)) {
    if (key === words.ACKNOWLEDGEMENT || key === 'version') continue;
    if (refusesKey(version, config.version, key)) found.push(words.unknownKey(at(node), key, version));
  }
  return found;
}

function checkOwnSection(file: TomlFile, { config, replication }: Interpretation, at: At): Finding[] {
  if (replication === null) return [];
  const { origin, bindaddress } = replication.config;
  const found: Finding[] = [];
  const originAt = at(valueOf(file, ['replication', 'origin']));
  const parts = origin === null ? null : parseOrigin(origin);
  if (file.find(['replication', 'origin']) === null) found.push(words.originMissing(at(sectionNode(file))));
  else if (origin !== null && parts === null) found.push(words.originScheme(originAt, origin));
  if (origin !== null && parts?.isAddress === true) found.push(words.originIsAddress(originAt, origin));
  if (origin !== null && parts?.portMissing === true) found.push(words.originWithoutPort(originAt, origin));
  if (bindaddress === null) return found;
  const bindAt = at(valueOf(file, ['replication', 'bindaddress']));
  const socket = readSocketAddress(bindaddress);
  if (socket === null) found.push(words.bindNotAddress(bindAt, bindaddress));
  else if (
    [config.bindaddress, config.ldapBindaddress].some((other) => other !== null && collides(socket, other))
  )
    found.push(words.bindTaken(bindAt, bindaddress));
  return found;
}

function checkPins(file: TomlFile, { replication }: Interpretation, at: At): Finding[] {
  return (replication?.partners ?? []).flatMap(({ key, partner }) => {
    if (partner === null) return [];
    const name = certificateKey[partner.type];
    const certificate = readCertificate(partner.certificate, {});
    if (certificate.ok) return [];
    return [
      words.certificateUnreadable(
        at(valueOf(file, ['replication', key, name])),
        name,
        certificate.error.detail,
      ),
    ];
  });
}

/** 1.1.0-rc.15 demands the flag, rc.16 and later do not (`kanidm.md`). */
function checkFlags(file: TomlFile, version: string, { replication }: Interpretation, at: At): Finding[] {
  if (parseVersion(version) === null || compareVersions(version, '1.1.0-rc.16') >= 0) return [];
  return (replication?.partners ?? []).flatMap(({ key, node, partner }) =>
    partner === null || !pulls(partner.type) || file.find(['replication', key, 'automatic_refresh'])
      ? []
      : [words.flagMissing(at(node), key, version)],
  );
}

interface SocketAddress {
  readonly host: string;
  readonly port: number;
}

/** `0.0.0.0:8444` or `[::]:8444`; null for a name, which Kanidm refuses here (measured). */
export function readSocketAddress(text: string): SocketAddress | null {
  const match = /^(?:(\d{1,3}(?:\.\d{1,3}){3})|\[([0-9a-f:.]+)\]):(\d{1,5})$/i.exec(text);
  const [host, port] = [match?.[1] ?? match?.[2], Number(match?.[3])];
  if (host === undefined || !(port <= 65535)) return null;
  if (match?.[1] !== undefined && host.split('.').some((part) => Number(part) > 255 || /^0\d/.test(part)))
    return null;
  if (match?.[2] !== undefined && !isIPv6(host)) return null;
  return { host: host.toLowerCase(), port };
}

/** The URL parser of the platform knows what an IPv6 address is. */
const isIPv6 = (host: string): boolean => URL.canParse(`http://[${host}]/`);

/** True when both cannot be bound at once: one port, and one address or any. */
function collides(own: SocketAddress, text: string): boolean {
  const other = readSocketAddress(text);
  if (other === null || other.port !== own.port) return false;
  const any = (host: string): boolean => host === '0.0.0.0' || host === '::';
  return own.host === other.host || any(own.host) || any(other.host);
}

const valueOf = (file: TomlFile, path: KeyPath): AST.TOMLNode | null => file.find(path)?.pair.value ?? null;

/** Where `[replication]` is written, or the first of its parts. */
function sectionNode(file: TomlFile): AST.TOMLNode | null {
  const own =
    file.findTable(['replication']) ?? file.tables.find((table) => table.resolvedKey[0] === 'replication');
  return own ?? file.pairs.find(({ path }) => path[0] === 'replication')?.pair ?? null;
}

/** Each key of the top level with the first node that names it. */
function topLevelKeys(file: TomlFile): ReadonlyMap<string, AST.TOMLNode> {
  const keys = new Map<string, AST.TOMLNode>();
  for (const node of file.body) {
    const first = node.key.keys[0];
    if (first && !keys.has(keyName(first))) keys.set(keyName(first), node);
  }
  return keys;
}
