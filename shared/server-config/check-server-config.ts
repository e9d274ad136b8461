import type { AST } from 'toml-eslint-parser';
import { readCertificate } from '../certificates/read-certificate';
import { parseOrigin } from '../base/origin';
import type { Place } from '../base/result';
import { checkTopLevelKeys } from './check-top-level';
import { checkRequired } from './check-required';
import { checkUnstaged } from './check-unstaged';
import type { Overrides } from './effective-config';
import * as words from './findings';
import type { Finding } from './findings';
import { interpret, type Interpretation } from './read-server-config';
import { booleanOf } from './replication-section';
import { certificateKey, pulls } from './server-config';
import { collides, readSocketAddress } from './socket-address';
import { beyondToml10, readToml } from './server-toml';
import { type KeyPath, startOf, type TomlFile } from '../toml/toml-file';
import * as values from './value-findings';
import { acknowledgementNeeded, isRelease, lacks, supports } from '../versions/versions';

/**
 * Everything in a server.toml that this version of Kanidm would refuse to start with, or start with and not replicate
 * (`kanidm.md`, "server.toml", and its recordings), each with line and column and what to do. Warnings are marked so.
 * @param version as `kanidmd version` prints it: `1.10.5`.
 * @param where the server and the file.
 * @param variables `KANIDM_*` of the server's environment, which may give what the file does not; null: not known.
 * @returns in the order of the file. Empty: nothing was found, which proves no start. Only that kanidmd can look at its
 * paths, ports and certificates.
 */
export function checkServerConfig(
  bytes: Uint8Array,
  version: string,
  where: Place,
  variables: Overrides | null,
): readonly Finding[] {
  const read = readToml(bytes, where);
  if (!read.ok) return [{ ...read.error, severity: 'error' }];
  const file = read.value;
  const meaning = interpret(file, where);
  const at: At = (node) => ({ ...where, ...(node ? startOf(node) : {}) });
  const tooNew = lacks(version, 'toml-1.1') ? beyondToml10(file, where) : null;
  const found = [
    ...(tooNew === null ? [] : [values.tomlTooNew(tooNew.where, version, tooNew.message)]),
    ...meaning.findings,
    ...checkTopLevel(file, version, meaning, at),
    ...checkOwnSection(file, version, meaning, at),
    ...checkRequired(file, version, meaning.config, variables, where),
    ...checkUnstaged(file, where),
    ...checkPartners(version, meaning, at),
    ...checkPins(file, meaning, at),
    ...checkFlags(file, version, meaning, at),
  ];
  const once = new Map(found.map((it) => [JSON.stringify([it.code, it.where]), it]));
  return [...once.values()].sort(
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
  return [...found, ...checkTopLevelKeys(file, version, config.version, at)];
}

function checkOwnSection(file: TomlFile, version: string, { replication }: Interpretation, at: At) {
  if (replication === null) return [];
  const { origin, bindaddress } = replication.config;
  const found: Finding[] = [];
  const originAt = at(valueOf(file, ['replication', 'origin']));
  if (file.find(['replication', 'origin']) === null) found.push(words.originMissing(at(sectionNode(file))));
  else if (origin !== null) found.push(...checkOrigin(origin, version, originAt));
  if (file.find(['replication', 'bindaddress']) === null)
    found.push(values.bindMissing(at(sectionNode(file))));
  if (bindaddress === null) return found;
  const bindAt = at(valueOf(file, ['replication', 'bindaddress']));
  const socket = readSocketAddress(bindaddress);
  if (socket === null) found.push(words.bindNotAddress(bindAt, bindaddress));
  else if (
    [...textsOf(file, 'bindaddress'), ...textsOf(file, 'ldapbindaddress')].some((it) => collides(socket, it))
  )
    found.push(words.bindTaken(bindAt, bindaddress));
  return found;
}

function checkOrigin(origin: string, version: string, where: Place): readonly Finding[] {
  const parts = parseOrigin(origin);
  if (parts === null) {
    // Any URL with a name in it starts, and the name goes into the certificate (measured).
    const name = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?([^/:?#[\]@]+)/i.exec(origin)?.[1] ?? '';
    const starts = name !== '' && !/(^|\.)\d+$/.test(name);
    return [starts ? values.originNotRepl(where, origin) : words.originScheme(where, origin)];
  }
  if (parts.ipVersion === 6) return [values.originIsIPv6(where, origin)];
  return [
    ...(parts.ipVersion === 4 && lacks(version, 'address-origin')
      ? [values.originIsAddress(where, origin, version)]
      : []),
    ...(parts.portMissing ? [words.originWithoutPort(where, origin)] : []),
  ];
}

/** Partners no version replicates with, and keys that only later versions read as settings. */
function checkPartners(version: string, { replication }: Interpretation, at: At) {
  const planned = lacks(version, 'planned-replication-keys') ? [...(replication?.planned ?? [])] : [];
  return [
    ...planned.map(([key, node]) => values.plannedKey(at(node), key, version)),
    ...(replication?.partners ?? [])
      .filter(({ key }) => parseOrigin(key)?.ipVersion === 6)
      .map(({ key, node }) => values.partnerIsIPv6(at(node), key)),
  ];
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

/** 1.1.0-rc.15 demands the flag, rc.16 and later do not (`kanidm.md`, "Partner tables"). */
function checkFlags(file: TomlFile, version: string, { replication }: Interpretation, at: At): Finding[] {
  if (!isRelease(version) || lacks(version, 'automatic-refresh-demanded')) return [];
  return (replication?.partners ?? []).flatMap(({ key, node, partner }) =>
    partner === null || !pulls(partner.type) || file.find(['replication', key, 'automatic_refresh'])
      ? []
      : [words.flagMissing(at(node), key, version)],
  );
}

/** A text, or all of a list. */
function textsOf(file: TomlFile, key: string): readonly string[] {
  const value = file.find([key])?.pair.value;
  const parts = value?.type === 'TOMLArray' ? value.elements : value ? [value] : [];
  return parts.flatMap((part) => (part.type === 'TOMLValue' && part.kind === 'string' ? [part.value] : []));
}

const valueOf = (file: TomlFile, path: KeyPath): AST.TOMLNode | null => file.find(path)?.pair.value ?? null;

/** Where `[replication]` is written, or the first of its parts. */
function sectionNode(file: TomlFile): AST.TOMLNode | null {
  const own =
    file.findTable(['replication']) ?? file.tables.find((table) => table.resolvedKey[0] === 'replication');
  return own ?? file.pairs.find(({ path }) => path[0] === 'replication')?.pair ?? null;
}
