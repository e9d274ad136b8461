import type { AST } from 'toml-eslint-parser';
import { readCertificate } from '../certificates/read-certificate';
import { parseOrigin } from '../base/origin';
import type { Place } from '../base/result';
import { checkTopLevelKeys } from './check-top-level';
import { checkRequired } from './check-required';
import { checkUnstaged } from './check-unstaged';
import type { Overrides } from './effective-config';
import * as words from './config-problems';
import type { ConfigProblem } from './config-problems';
import { interpret, type Interpretation } from './read-server-config';
import { booleanOf } from './replication-section';
import { certificateKey, pulls } from './server-config';
import { collides, readSocketAddress } from './socket-address';
import { beyondToml10, readToml } from './server-toml';
import { type KeyPath, startOf, type TomlFile } from '../toml/toml-file';
import * as values from './value-problems';
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
): readonly ConfigProblem[] {
  const read = readToml(bytes, where);
  if (!read.ok) return [{ ...read.error, severity: 'error' }];
  return checkConfigFile(read.value, interpret(read.value, where), version, where, variables);
}

/** The same of a file that was read already. @param meaning what `interpret` says of it. */
export function checkConfigFile(
  file: TomlFile,
  meaning: Interpretation,
  version: string,
  where: Place,
  variables: Overrides | null,
): readonly ConfigProblem[] {
  const placeOf: PlaceOf = (node) => ({ ...where, ...(node ? startOf(node) : {}) });
  const tooNew = lacks(version, 'toml-1.1') ? beyondToml10(file, where) : null;
  const found = [
    ...(tooNew === null ? [] : [values.tomlTooNew(tooNew.where, version, tooNew.message)]),
    ...meaning.problems,
    ...checkTopLevel(file, version, meaning, placeOf),
    ...checkOwnSection(file, version, meaning, placeOf),
    ...checkRequired(file, version, meaning.config, variables, where),
    ...checkUnstaged(file, where),
    ...checkPartners(version, meaning, placeOf),
    ...checkPins(file, meaning, placeOf),
    ...checkFlags(file, version, meaning, placeOf),
  ];
  const once = new Map(found.map((it) => [JSON.stringify([it.code, it.where]), it]));
  return [...once.values()].sort(
    (a, b) => (a.where.line ?? 0) - (b.where.line ?? 0) || (a.where.column ?? 0) - (b.where.column ?? 0),
  );
}

type PlaceOf = (node: AST.TOMLNode | null | undefined) => Place;

function checkTopLevel(
  file: TomlFile,
  version: string,
  { config }: Interpretation,
  placeOf: PlaceOf,
): ConfigProblem[] {
  const found: ConfigProblem[] = [];
  const versionKey = file.find(['version']);
  if (versionKey && !supports(version, 'version-2-file'))
    found.push(words.versionTooNew(placeOf(versionKey.pair), version));
  const acknowledged = file.find([words.ACKNOWLEDGEMENT]);
  if (acknowledgementNeeded(version)) {
    // The line is about replication: a server without it starts unasked.
    const place = acknowledged?.pair ?? sectionNode(file);
    const missing =
      config.replication !== null && (acknowledged === null || booleanOf(acknowledged) !== true);
    if (missing) found.push(words.acknowledgementMissing(placeOf(place), version));
  } else if (acknowledged) found.push(words.acknowledgementFatal(placeOf(acknowledged.pair), version));
  return [...found, ...checkTopLevelKeys(file, version, config.version, placeOf)];
}

function checkOwnSection(file: TomlFile, version: string, { replication }: Interpretation, placeOf: PlaceOf) {
  if (replication === null) return [];
  const { origin, bindaddress } = replication.config;
  const found: ConfigProblem[] = [];
  const originAt = placeOf(valueOf(file, ['replication', 'origin']));
  if (file.find(['replication', 'origin']) === null)
    found.push(words.originMissing(placeOf(sectionNode(file))));
  else if (origin !== null) found.push(...checkOrigin(origin, version, originAt));
  if (file.find(['replication', 'bindaddress']) === null)
    found.push(values.bindMissing(placeOf(sectionNode(file))));
  if (bindaddress === null) return found;
  const bindAt = placeOf(valueOf(file, ['replication', 'bindaddress']));
  const socket = readSocketAddress(bindaddress);
  if (socket === null) found.push(words.bindNotAddress(bindAt, bindaddress));
  else if (
    [...textsOf(file, 'bindaddress'), ...textsOf(file, 'ldapbindaddress')].some((it) => collides(socket, it))
  )
    found.push(words.bindTaken(bindAt, bindaddress));
  return found;
}

function checkOrigin(origin: string, version: string, where: Place): readonly ConfigProblem[] {
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
function checkPartners(version: string, { replication }: Interpretation, placeOf: PlaceOf) {
  const planned = lacks(version, 'planned-replication-keys') ? [...(replication?.planned ?? [])] : [];
  return [
    ...planned.map(([key, node]) => values.plannedKey(placeOf(node), key, version)),
    ...(replication?.partners ?? [])
      .filter(({ key }) => parseOrigin(key)?.ipVersion === 6)
      .map(({ key, node }) => values.partnerIsIPv6(placeOf(node), key)),
  ];
}

function checkPins(file: TomlFile, { replication }: Interpretation, placeOf: PlaceOf): ConfigProblem[] {
  return (replication?.partners ?? []).flatMap(({ key, partner }) => {
    if (partner === null) return [];
    const name = certificateKey[partner.type];
    const certificate = readCertificate(partner.certificate, {});
    const why = certificate.ok ? whyWrongPadding(partner.certificate) : certificate.error.detail;
    if (certificate.ok && why === undefined) return [];
    return [words.certificateUnreadable(placeOf(valueOf(file, ['replication', key, name])), name, why)];
  });
}

/** kanidmd takes a pin without padding, or with all of it (measured on 1.11.1). */
const whyWrongPadding = (pin: string): string | undefined =>
  pin.endsWith('=') && pin.length % 4 !== 0 ? 'Its padding is wrong.' : undefined;

/** 1.1.0-rc.15 demands the flag, rc.16 and later do not (`kanidm.md`, "Partner tables"). */
function checkFlags(
  file: TomlFile,
  version: string,
  { replication }: Interpretation,
  placeOf: PlaceOf,
): ConfigProblem[] {
  if (!isRelease(version) || lacks(version, 'automatic-refresh-demanded')) return [];
  return (replication?.partners ?? []).flatMap(({ key, node, partner }) =>
    partner === null || !pulls(partner.type) || file.find(['replication', key, 'automatic_refresh'])
      ? []
      : [words.flagMissing(placeOf(node), key, version)],
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
