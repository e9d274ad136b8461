import type { AST } from 'toml-eslint-parser';
import { certificateText, type Origin } from '../base/names';
import { parseOrigin } from '../base/origin';
import type { Place } from '../base/result';
import * as words from './config-problems';
import type { ConfigProblem } from './config-problems';
import {
  certificateKey,
  DEFAULT_POLL_INTERVAL,
  LONGEST_POLL_INTERVAL,
  type Partner,
  type PartnerType,
  pulls,
  REPLICATION_KEYS,
  type ReplicationConfig,
} from './server-config';
import { type KeyPath, startOf, startsWith, type TomlFile, type TomlPair } from '../toml/toml-file';

/** A partner as it is written, whether or not it makes sense. */
export interface WrittenPartner {
  /** The key as spelled in the file. */
  readonly key: string;
  /** Its header, or the first key of it. */
  readonly node: AST.TOMLNode;
  /** Null when something is wrong with it; `findings` says what. */
  readonly partner: Partner | null;
}

export interface ReplicationSection {
  readonly config: ReplicationConfig;
  readonly partners: readonly WrittenPartner[];
  /** Each key that only some versions read as a setting, with its first node. */
  readonly planned: ReadonlyMap<string, AST.TOMLNode>;
  readonly problems: readonly ConfigProblem[];
}

/**
 * What a file says about replication, in whatever spelling of TOML: headers, dotted keys, inline tables, sub-tables
 * before or without their parent.
 * @returns null when it says nothing.
 */
export function readReplication(file: TomlFile, where: Place): ReplicationSection | null {
  const groups = groupByKey(file);
  const whole = file.find(['replication']);
  if (groups.size === 0 && whole === null && file.findTable(['replication']) === null) return null;
  const problems: ConfigProblem[] = [];
  if (whole && whole.pair.value.type !== 'TOMLInlineTable')
    problems.push(words.notTable(at(whole.pair), 'replication'));
  const at0 = file.tables.find(
    (table) => table.resolvedKey[0] === 'replication' && table.resolvedKey[1] === 0,
  );
  if (at0) problems.push(words.arrayOfTables(at(at0), 'replication'));
  const partners: WrittenPartner[] = [];
  const keyOf = new Map<Origin, string>();
  for (const [key, node] of groups) {
    if (isSetting(key)) continue;
    const partner = readPartner(key, node);
    partners.push({ key, node, partner });
    if (partner === null) continue;
    const twin = keyOf.get(partner.origin);
    if (twin === undefined) keyOf.set(partner.origin, key);
    else problems.push(words.samePartner(at(node), key, twin));
  }
  const config = {
    origin: text('origin'),
    bindaddress: text('bindaddress'),
    taskPollInterval: pollInterval(),
    partners: partners.flatMap(({ partner }) => (partner === null ? [] : [partner])),
  };
  const planned = new Map([...groups].filter(([key]) => isPlannedKey(key)));
  return { config, partners, planned, problems };

  function readPartner(key: string, node: AST.TOMLNode): Partner | null {
    const path = ['replication', key];
    const before = problems.length;
    const origin = parseOrigin(key);
    const single = file.find(path);
    if (single && single.pair.value.type !== 'TOMLInlineTable') {
      problems.push(looksLikeUrl(key) ? words.notTable(at(node), key) : words.notPartner(at(node), key));
      return null;
    }
    if (file.findTable([...path, 0])) problems.push(words.arrayOfTables(at(node), key));
    if (!origin)
      problems.push(looksLikeUrl(key) ? words.partnerScheme(at(node), key) : words.notPartner(at(node), key));
    const type = readType(path, node);
    const certificate = type === null ? null : readPin(path, node, type);
    const automatic = file.find([...path, 'automatic_refresh']);
    const flag = automatic === null ? false : booleanOf(automatic);
    // Kanidm reads it only where the server pulls; elsewhere the key is ignored whatever it says.
    const automaticRefresh = type !== null && pulls(type) && flag === true;
    if (type !== null && pulls(type) && automatic && flag === null)
      problems.push(words.notBoolean(at(automatic.pair.value), 'automatic_refresh'));
    if (problems.length > before || !origin || type === null || certificate === null) return null;
    return { origin: origin.origin, type, certificate, automaticRefresh };
  }

  function readType(path: KeyPath, node: AST.TOMLNode): PartnerType | null {
    const written = file.find([...path, 'type']);
    if (written === null) {
      problems.push(words.typeMissing(at(node), String(path[1])));
      return null;
    }
    const value = stringOf(written);
    if (value !== null && isPartnerType(value)) return value;
    problems.push(words.typeWrong(at(written.pair.value), value));
    return null;
  }

  function readPin(path: KeyPath, node: AST.TOMLNode, type: PartnerType) {
    const key = certificateKey[type];
    const written = file.find([...path, key]);
    if (written === null) {
      const other = Object.values(certificateKey).find((name) => file.find([...path, name]) !== null);
      const wrong = other === undefined ? null : file.find([...path, other]);
      problems.push(words.certificateKeyMissing(at(wrong?.pair ?? node), type, key, other ?? null));
      return null;
    }
    const value = stringOf(written);
    const pin = value === null ? null : certificateText(value);
    if (pin === null) problems.push(words.certificateUnreadable(at(written.pair.value), key));
    return pin;
  }

  function text(key: 'origin' | 'bindaddress'): string | null {
    const written = file.find(['replication', key]);
    if (written === null) {
      const table = file.tables.find((it) => startsWith(it.resolvedKey, ['replication', key]));
      if (table) problems.push(words.notText(at(table), `replication.${key}`));
      return null;
    }
    const value = stringOf(written);
    if (value === null) problems.push(words.notText(at(written.pair.value), `replication.${key}`));
    return value;
  }

  function pollInterval(): number {
    const written = file.find(['replication', 'task_poll_interval']);
    if (written === null) return DEFAULT_POLL_INTERVAL;
    const { value } = written.pair;
    if (value.type === 'TOMLValue' && value.kind === 'integer' && isCount(value))
      return Math.min(value.value, LONGEST_POLL_INTERVAL);
    problems.push(words.notSeconds(at(value), 'replication.task_poll_interval'));
    return DEFAULT_POLL_INTERVAL;
  }

  function at(node: AST.TOMLNode): Place {
    return { ...where, ...startOf(node) };
  }
}

/** The value as text, or null. */
export function stringOf({ pair }: TomlPair): string | null {
  const { value } = pair;
  return value.type === 'TOMLValue' && value.kind === 'string' ? value.value : null;
}

/** The value as true or false, or null. */
export function booleanOf({ pair }: TomlPair): boolean | null {
  const { value } = pair;
  return value.type === 'TOMLValue' && value.kind === 'boolean' ? value.value : null;
}

/** A whole number that kanidmd can hold: not negative, of 64 bits; TOML's integers may be larger than those of the language. */
export const isCount = (node: AST.TOMLNode): boolean =>
  node.type === 'TOMLValue' && node.kind === 'integer' && node.bigint >= 0n && node.bigint < 2n ** 64n;

/** A key of `[replication]` that some version reads as a setting: no partner. */
export const isSetting = (key: string): boolean =>
  REPLICATION_KEYS.some((own) => own === key) || isPlannedKey(key);

/** Settings of replication that Kanidm plans from 1.12 on: no partners, and kept as they are. */
const isPlannedKey = (key: string): boolean => /^krc_[a-z_]+$/.test(key);

const isPartnerType = (text: string): text is PartnerType => Object.hasOwn(certificateKey, text);

/** Kanidm reads the key as a URL; `repl` or another scheme, both start (measured on 1.10.5 for the origin). */
const looksLikeUrl = (key: string): boolean => /^[a-z][a-z0-9+.-]*:/i.test(key);

/** Each key directly under `replication` with the first node that names it, in the order of the file. */
function groupByKey(file: TomlFile): ReadonlyMap<string, AST.TOMLNode> {
  const nodes: { readonly key: string; readonly node: AST.TOMLNode }[] = [];
  for (const { path, pair } of file.pairs) {
    const key = path[1];
    if (path[0] === 'replication' && typeof key === 'string') nodes.push({ key, node: pair });
  }
  for (const table of file.tables) {
    const key = table.resolvedKey[1];
    if (table.resolvedKey[0] === 'replication' && typeof key === 'string') nodes.push({ key, node: table });
  }
  nodes.sort((a, b) => a.node.range[0] - b.node.range[0]);
  const groups = new Map<string, AST.TOMLNode>();
  for (const { key, node } of nodes) if (!groups.has(key)) groups.set(key, node);
  return groups;
}
