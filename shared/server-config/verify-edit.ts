import iarna from '@iarna/toml';
import { parse as parseBySmol } from 'smol-toml';
import { parseOrigin } from '../base/origin';
import type { Fault, Place } from '../base/result';
import { ACKNOWLEDGEMENT } from './config-problems';
import { isSetting } from './replication-section';
import { certificateKey, type ConfigChange, type Partner, pulls } from './server-config';

/**
 * Checks an edit by parsers that had no part in it: the result must say what was meant, and of everything else what the
 * original said. @iarna/toml reads the result; where it cannot read valid TOML that Kanidm accepts
 * (`docs/decisions/0002-what-iarna-toml-is-for.md`), smol-toml does.
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
    for (const change of changes) make(original, change);
    difference = firstDifference(settled(original), settled(result), []);
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

/** A table as a parser gives it. Read for one check, so it may be changed. */
type Table = Record<string, unknown>;
type Reader = (text: string) => Table | null;

const byIarna = readerOf((text) => iarna.parse(text));
const bySmol = readerOf((text) => parseBySmol(text, { integersAsBigInt: 'asNeeded' }));

/**
 * smol-toml reads the original many times faster; where the two see one value differently (a local date), or one cannot
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
      const read = parse(text);
      return isTable(read) ? read : null;
    } catch {
      return null;
    }
  };
}

/** Makes a change on values, where the edit made it on text. */
function make(file: Table, change: ConfigChange): void {
  if (change.kind === 'acknowledge') {
    if (change.present) file[ACKNOWLEDGEMENT] = true;
    else Reflect.deleteProperty(file, ACKNOWLEDGEMENT);
    return;
  }
  const replication = isTable(file['replication']) ? file['replication'] : {};
  file['replication'] = replication;
  switch (change.kind) {
    case 'set-origin': {
      const now = replication['origin'];
      // An origin spelled otherwise is the same and stays as spelled.
      if (typeof now !== 'string' || parseOrigin(now)?.origin !== change.origin)
        replication['origin'] = change.origin;
      return;
    }
    case 'set-bindaddress':
      replication['bindaddress'] = change.bindaddress;
      return;
    case 'set-poll-interval':
      replication['task_poll_interval'] = change.seconds;
      return;
    case 'remove-key':
      Reflect.deleteProperty(replication, change.key);
      return;
    case 'set-partner':
      setTable(replication, change.partner);
      return;
    case 'remove-partner':
      Reflect.deleteProperty(replication, keyOf(replication, change.origin));
      return;
  }
}

function setTable(replication: Table, partner: Partner): void {
  const key = keyOf(replication, partner.origin);
  const there = replication[key];
  const table: Table = isTable(there) ? there : {};
  // The old type's certificate key goes with the type; a stray key of another type means nothing and stays.
  for (const [type, name] of Object.entries(certificateKey))
    if (type === table['type'] && type !== partner.type) Reflect.deleteProperty(table, name);
  table['type'] = partner.type;
  table[certificateKey[partner.type]] = partner.certificate;
  table['automatic_refresh'] = pulls(partner.type) && partner.automaticRefresh;
  replication[key] = table;
}

/** The key that names a partner, in the file's spelling. */
function keyOf(replication: Table, origin: Partner['origin']): string {
  if (Object.hasOwn(replication, origin)) return origin;
  const spelled = Object.keys(replication).find(
    (key) => !isSetting(key) && parseOrigin(key)?.origin === origin,
  );
  return spelled ?? origin;
}

/**
 * Takes out what means the same as not being there: an empty section, and a refresh that is not automatic or not this
 * server's.
 */
function settled(file: Table): Table {
  const replication = file['replication'];
  if (!isTable(replication)) return file;
  for (const table of Object.values(replication))
    if (isTable(table) && (table['automatic_refresh'] === false || table['type'] === 'allow-pull'))
      Reflect.deleteProperty(table, 'automatic_refresh');
  if (Object.keys(replication).length === 0) Reflect.deleteProperty(file, 'replication');
  return file;
}

/** The first path whose value differs, in words without the values: they may be long. Recursion ends with the TOML. */
function firstDifference(
  expected: unknown,
  found: unknown,
  path: readonly (string | number)[],
): string | null {
  if (Array.isArray(expected) && Array.isArray(found) && expected.length === found.length) {
    for (const [index, value] of expected.entries()) {
      const difference = firstDifference(value, found[index], [...path, index]);
      if (difference !== null) return difference;
    }
    return null;
  }
  if (!isTable(expected) || !isTable(found))
    return same(expected, found) ? null : `${JSON.stringify(path)} has another value`;
  const keys = Object.keys(expected);
  for (const key of keys) {
    if (!Object.hasOwn(found, key)) return `${JSON.stringify([...path, key])} is missing`;
    const difference = firstDifference(expected[key], found[key], [...path, key]);
    if (difference !== null) return difference;
  }
  if (keys.length === Object.keys(found).length) return null;
  const more = Object.keys(found).find((key) => !Object.hasOwn(expected, key));
  return `${JSON.stringify([...path, more ?? ''])} was not there`;
}

/** Both parsers' dates are Dates of their own, whose text says which of TOML's four kinds they are. */
const same = (a: unknown, b: unknown): boolean =>
  a instanceof Date && b instanceof Date ? a.toISOString() === b.toISOString() : Object.is(a, b);

const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
