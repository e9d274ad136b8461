import iarna from '@iarna/toml';
import { parse as parseBySmol } from 'smol-toml';
import { parseOrigin } from '../origin';
import type { Fault, Place } from '../result';
import { ACKNOWLEDGEMENT } from './findings';
import { isOwnKey } from './replication-section';
import { certificateKey, type ConfigChange, type Partner, pulls } from './server-config';

/**
 * Checks an edit by parsers that had no part in it: the result must say what was meant, and of everything else what the
 * original said. @iarna/toml reads the result; where it cannot read valid TOML that Kanidm accepts (local times, some
 * numbers and arrays, `electron.md`), smol-toml does.
 * @param before text without byte order mark; `after` likewise.
 * @returns null when it is so, else fault `edit-check-failed`: the edit must not be written.
 */
export function verifyEdit(
  before: string,
  after: string,
  changes: readonly ConfigChange[],
  where: Place,
): Fault | null {
  let difference: string | null = 'no independent parser reads it';
  for (const [readBefore, readAfter] of readers) {
    const original = readBefore(before);
    const result = original === null ? null : readAfter(after);
    if (original === null || result === null) continue;
    difference = firstDifference(meant(original, changes), normal(result));
    if (difference === null) return null;
  }
  return {
    code: 'edit-check-failed',
    message: 'The edited server.toml does not say what was meant, so it is not written.',
    fix: 'Please report this with the file; until then make the change by hand.',
    detail: difference,
    where,
  };
}

/** Every value of a file by the JSON of its path. */
type Leaves = Map<string, Leaf>;
/** An empty table or array is a value too. */
type Leaf = string | number | bigint | boolean | Date | typeof EMPTY_TABLE | typeof EMPTY_LIST;
const EMPTY_TABLE = Symbol('{}');
const EMPTY_LIST = Symbol('[]');
type Reader = (text: string) => Leaves | null;

const byIarna = readerOf((text) => iarna.parse(text));
const bySmol = readerOf((text) => parseBySmol(text, { integersAsBigInt: 'asNeeded' }));

/**
 * smol-toml reads the original six times faster; where the two see one value differently (a local date), or one cannot
 * read it, the same parser reads both.
 */
const readers: readonly (readonly [Reader, Reader])[] = [
  [bySmol, byIarna],
  [byIarna, byIarna],
  [bySmol, bySmol],
];

function readerOf(parse: (text: string) => unknown): Reader {
  return (text) => {
    try {
      const leaves: Leaves = new Map();
      flatten(parse(text), [], leaves);
      return leaves;
    } catch {
      return null;
    }
  };
}

function flatten(value: unknown, path: readonly (string | number)[], into: Leaves): void {
  if (isLeaf(value)) {
    into.set(JSON.stringify(path), value);
    return;
  }
  if (typeof value !== 'object' || value === null) throw new Error('no value of TOML');
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  if (entries.length === 0 && path.length > 0)
    into.set(JSON.stringify(path), Array.isArray(value) ? EMPTY_LIST : EMPTY_TABLE);
  for (const [key, inner] of entries) flatten(inner, [...path, key], into);
}

const isLeaf = (value: unknown): value is Leaf =>
  ['string', 'number', 'bigint', 'boolean'].includes(typeof value) || value instanceof Date;

/** Both parsers' dates are Dates of their own, whose text says which of TOML's four kinds they are. */
const same = (a: Leaf | undefined, b: Leaf | undefined): boolean =>
  a instanceof Date && b instanceof Date ? a.toISOString() === b.toISOString() : Object.is(a, b);

/** The values the result must have: the changes made on values, where the edit made them on text. */
function meant(original: Leaves, changes: readonly ConfigChange[]): Leaves {
  const leaves: Leaves = new Map(original);
  const keys = partnersOf(leaves);
  const put = (path: readonly string[], value: string | number | boolean): void => {
    leaves.set(JSON.stringify(path), value);
  };
  for (const change of changes) {
    switch (change.kind) {
      case 'set-origin': {
        const now = textAt(leaves, ['replication', 'origin']);
        if (now === null || parseOrigin(now)?.origin !== change.origin)
          put(['replication', 'origin'], change.origin);
        break;
      }
      case 'set-bindaddress':
        put(['replication', 'bindaddress'], change.bindaddress);
        break;
      case 'set-poll-interval':
        put(['replication', 'task_poll_interval'], change.seconds);
        break;
      case 'remove-key':
        leaves.delete(JSON.stringify(['replication', change.key]));
        break;
      case 'acknowledge':
        if (change.present) put([ACKNOWLEDGEMENT], true);
        else leaves.delete(JSON.stringify([ACKNOWLEDGEMENT]));
        break;
      case 'set-partner':
        if (!keys.has(change.partner.origin)) keys.set(change.partner.origin, [change.partner.origin]);
        for (const key of keys.get(change.partner.origin) ?? []) setTable(leaves, put, key, change.partner);
        break;
      case 'remove-partner':
        for (const key of keys.get(change.origin) ?? []) removeUnder(leaves, ['replication', key]);
        keys.delete(change.origin);
        break;
    }
  }
  return normal(leaves);
}

function setTable(
  leaves: Leaves,
  put: (path: readonly string[], value: string | boolean) => void,
  key: string,
  partner: Partner,
): void {
  const path = ['replication', key];
  const oldType = textAt(leaves, [...path, 'type']);
  // The old type's certificate key goes with the type; a stray key of another type means nothing and stays.
  for (const [type, name] of Object.entries(certificateKey))
    if (type === oldType && type !== partner.type) leaves.delete(JSON.stringify([...path, name]));
  put([...path, 'type'], partner.type);
  put([...path, certificateKey[partner.type]], partner.certificate);
  put([...path, 'automatic_refresh'], pulls(partner.type) && partner.automaticRefresh);
}

/** Which keys name a partner, by its canonical origin. */
function partnersOf(leaves: Leaves): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const path of leaves.keys()) {
    const [first, key] = pathOf(path);
    if (first !== 'replication' || typeof key !== 'string' || isOwnKey(key)) continue;
    const origin = parseOrigin(key)?.origin;
    if (origin !== undefined) found.set(origin, (found.get(origin) ?? new Set()).add(key));
  }
  return new Map([...found].map(([origin, keys]) => [origin, [...keys]]));
}

function removeUnder(leaves: Leaves, start: readonly string[]): void {
  const prefix = JSON.stringify(start).slice(0, -1);
  for (const path of leaves.keys())
    if (path === `${prefix}]` || path.startsWith(`${prefix},`)) leaves.delete(path);
}

/** Takes out what means the same as not being there: a table emptied, and a refresh that is not automatic or not
 * this server's. */
function normal(leaves: Leaves): Leaves {
  const result: Leaves = new Map();
  for (const [path, value] of leaves) {
    const parts = pathOf(path);
    if (parts[0] === 'replication') {
      if (value === EMPTY_TABLE && parts.length <= 2) continue;
      if (parts.length === 3 && parts[2] === 'automatic_refresh') {
        const type = leaves.get(JSON.stringify([parts[0], parts[1], 'type']));
        if (value === false || type === 'allow-pull') continue;
      }
    }
    result.set(path, value);
  }
  return result;
}

/** The first path whose value differs, in words without the values: they may be long. */
function firstDifference(expected: Leaves, found: Leaves): string | null {
  for (const [path, value] of expected) {
    if (!found.has(path)) return `${path} is missing`;
    if (!same(found.get(path), value)) return `${path} has another value`;
  }
  for (const path of found.keys()) if (!expected.has(path)) return `${path} was not there`;
  return null;
}

function textAt(leaves: Leaves, path: readonly string[]): string | null {
  const value = leaves.get(JSON.stringify(path));
  return typeof value === 'string' ? value : null;
}

function pathOf(path: string): readonly unknown[] {
  const parsed: unknown = JSON.parse(path);
  return Array.isArray(parsed) ? parsed : [];
}
