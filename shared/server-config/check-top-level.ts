import type { AST } from 'toml-eslint-parser';
import { isIPv4 } from '../base/ip-address';
import type { Place } from '../base/result';
import { type ConfigProblem, ACKNOWLEDGEMENT, notBoolean, notTable, notText } from './config-problems';
import { homeOfKey, readsKey, refusesKey } from './known-keys';
import { isCount } from './replication-section';
import { isNetwork, readSocketAddress } from './socket-address';
import { keyName, type TomlFile } from '../toml/toml-file';
import type { ServerConfig } from './server-config';
import * as words from './value-problems';
import { firstWith, type KnownKey, lacks } from '../versions/versions';

type PlaceOf = (node: AST.TOMLNode | null | undefined) => Place;

/** The versions' own spellings; the environment variable KANIDM_ROLE has others. */
const ROLES = ['WriteReplica', 'WriteReplicaNoUI', 'ReadOnlyReplica'];
const LOG_LEVELS = ['info', 'debug', 'trace'];
/** What `trust_x_forward_for = true` of a legacy file means. */
const TRUST_ALL = 'x-forward-for-all-source-trusted';

/**
 * Keys of the top level that `version` does not read, and values it refuses. Not here: `version`, the acknowledgement,
 * what is inside `[replication]` and `[online_backup]`.
 * @param form legacy files and `version = "2"` files take different keys.
 */
export function checkTopLevelKeys(
  file: TomlFile,
  version: string,
  form: ServerConfig['version'],
  placeOf: PlaceOf,
): readonly ConfigProblem[] {
  return [...topLevelKeys(file)].flatMap(([key, node]) => {
    if (key === ACKNOWLEDGEMENT || key === 'version') return [];
    if (refusesKey(version, form, key))
      return [words.unknownKey(placeOf(node), key, version, homeOfKey(version, form, key))];
    const known = readsKey(version, form, key);
    return known === null ? [] : checkValue(known, { file, version, form, placeOf, node });
  });
}

interface TopLevelKey {
  readonly file: TomlFile;
  readonly version: string;
  readonly form: ServerConfig['version'];
  readonly placeOf: PlaceOf;
  /** The first node that names the key. */
  readonly node: AST.TOMLNode;
}

function checkValue({ key, kind }: KnownKey, written: TopLevelKey): readonly ConfigProblem[] {
  const { file, placeOf, node } = written;
  const value = file.find([key])?.pair.value ?? null;
  const text = value === null ? null : textOf(value);
  const place = placeOf(value ?? node);
  switch (kind) {
    case 'any':
    case 'section':
      return [];
    case 'text':
      return text === null ? [notText(place, key)] : [];
    case 'url':
      return text === null ? [notText(place, key)] : checkUrl(text, place);
    case 'count':
      return value !== null && isCount(value)
        ? []
        : [
            words.wrongValue(
              place,
              key,
              'is not a whole number that kanidmd can hold.',
              'Write a number without quotes.',
            ),
          ];
    case 'boolean':
      return value?.type === 'TOMLValue' && value.kind === 'boolean' ? [] : [notBoolean(place, key)];
    case 'role':
    case 'log-level': {
      const all = kind === 'role' ? ROLES : LOG_LEVELS;
      if (text === null) return [notText(place, key)];
      return all.includes(text) ? [] : [words.notOneOf(place, key, text, all)];
    }
    case 'address':
      return checkAddress(key, value, written);
    case 'proxies':
      return checkProxies(key, written);
  }
}

/** A browser's address: kanidmd takes the name out of it, for sessions and passkeys belong to one. */
function checkUrl(origin: string, where: Place): readonly ConfigProblem[] {
  const invalid = (why: string): readonly ConfigProblem[] => [words.httpsOriginInvalid(where, origin, why)];
  if (!/^[a-z][a-z0-9+.-]*:/i.test(origin)) return invalid('has no scheme such as https://');
  if (!/^https?:/i.test(origin)) return /^[^:]+:\/\/[^/]/.test(origin) ? [] : invalid('names no domain');
  if (!URL.canParse(origin)) return invalid('is not a URL');
  const { hostname } = new URL(origin);
  const isName = !hostname.startsWith('[') && !isIPv4(hostname);
  return isName ? [] : invalid('names an IP address and no domain');
}

/** One `IP:PORT`, or a list of them where the version takes one. Of LDAP's the form is checked elsewhere. */
function checkAddress(
  key: string,
  value: AST.TOMLContentNode | null,
  { version, form, placeOf, node }: TopLevelKey,
): readonly ConfigProblem[] {
  if (value?.type !== 'TOMLArray') {
    const text = value === null ? null : textOf(value);
    if (text === null) return [notText(placeOf(value ?? node), key)];
    return checkAddressText(key, text, placeOf(value));
  }
  if (form === 'legacy')
    return [words.listOfAddresses(placeOf(value), key, version, 'without a version line')];
  if (lacks(version, 'list-of-addresses'))
    return [words.listOfAddresses(placeOf(value), key, version, 'of any kind')];
  return value.elements.flatMap((element) => {
    const text = textOf(element);
    return text === null ? [notText(placeOf(element), key)] : checkAddressText(key, text, placeOf(element));
  });
}

const checkAddressText = (key: string, text: string, where: Place): readonly ConfigProblem[] =>
  key !== 'bindaddress' || readSocketAddress(text) !== null ? [] : [words.httpsBindNotAddress(where, text)];

/** `{ x-forward-for = [ADDRESS or network, …] }` or another one key; "None" is the same as leaving it out. */
function checkProxies(
  field: string,
  { file, version, placeOf, node }: TopLevelKey,
): readonly ConfigProblem[] {
  const whole = file.find([field])?.pair.value ?? null;
  const word = whole === null ? null : textOf(whole);
  if (word === 'None' || (word === TRUST_ALL && field === 'http_client_address_info')) return [];
  if (whole !== null && whole.type !== 'TOMLInlineTable') return [notTable(placeOf(whole), field)];
  const kinds = ['proxy-v2', ...(lacks(version, 'proxy-1') ? [] : ['proxy-v1'])];
  if (field === 'http_client_address_info') kinds.unshift('x-forward-for');
  const parts = file.pairs.filter(({ path }) => path[0] === field && path.length >= 2);
  const names = new Set(parts.map(({ path }) => String(path[1])));
  const [name] = names;
  if (name === undefined || names.size > 1 || !kinds.includes(name))
    return [
      words.proxiesInvalid(placeOf(node), field, `needs one of ${kinds.join(', ')}`, 'Keep one of them.'),
    ];
  const list = parts[0]?.pair.value;
  if (list?.type !== 'TOMLArray')
    return [
      words.proxiesInvalid(placeOf(list), field, `needs a list of addresses`, `Write ${name} = ["ADDRESS"].`),
    ];
  return list.elements.flatMap((element) => {
    const text = textOf(element);
    if (text !== null && isNetwork(text, !lacks(version, 'networks'))) return [];
    const fix = `Write an IP address such as "192.0.2.7", or from ${firstWith('networks')} on a network such as "192.0.2.0/24".`;
    return [words.proxiesInvalid(placeOf(element), field, 'has an entry that is no IP address', fix)];
  });
}

const textOf = (node: AST.TOMLContentNode): string | null =>
  node.type === 'TOMLValue' && node.kind === 'string' ? node.value : null;

/** Each key of the top level with the first node that names it. */
function topLevelKeys(file: TomlFile): ReadonlyMap<string, AST.TOMLNode> {
  const keys = new Map<string, AST.TOMLNode>();
  for (const node of file.body) {
    const first = node.key.keys[0];
    if (first && !keys.has(keyName(first))) keys.set(keyName(first), node);
  }
  return keys;
}
