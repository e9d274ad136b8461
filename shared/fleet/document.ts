import { type AST, getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser';
import { type Fault, fail, ok, type Place, type Result } from '../result';
import { type BeyondBounds, beyondBounds, LONGEST_TOML, LONGEST_VALUE, MOST_PARTS } from '../toml-bounds';

/** A path of keys and array positions: `['server', 2, 'origin']`. */
export type KeyPath = readonly (string | number)[];

/** A fleet file as TOML, every value with its place. Offsets are in UTF-16 units of `text`, as strings count. */
export interface TomlDocument {
  readonly text: string;
  readonly value: unknown;
  /** Top-level keys written before any table. */
  readonly topLevel: readonly AST.TOMLKeyValue[];
  /** `[[server]]` and the like, in the order of the file, each with its own keys and those of its sub-tables. */
  readonly tables: readonly AST.TOMLTable[];
  /** The key and value written at a path; null when nothing is. */
  readonly find: (path: KeyPath) => Written | null;
}

export interface Written {
  /** Where the key (or the table's header) starts. */
  readonly loc: AST.SourceLocation;
  /** Null for a table header and for a table made by dotted keys. */
  readonly pair: AST.TOMLKeyValue | null;
  readonly value: AST.TOMLContentNode | null;
}

/**
 * Parses TOML 1.0. A byte order mark must be taken off before (the parser refuses it).
 * @returns fault `fleet-syntax` with line and column when it does not parse; `fleet-too-large`, `fleet-too-deep` or
 * `fleet-value-too-long` when it is more than a parser may be given.
 */
export function parseDocument(text: string): Result<TomlDocument> {
  const beyond = beyondBounds(text);
  if (beyond) return fail(notAFleet(text, beyond));
  const bareReturn = /\r(?!\n)/.exec(text);
  if (bareReturn)
    return fail({ ...syntax('a carriage return stands alone'), where: placeOf(text, bareReturn.index) });
  try {
    const ast = parseTOML(text, { tomlVersion: '1.0' });
    const body = ast.body[0].body;
    const written = index(body);
    return ok({
      text,
      value: getStaticTOMLValue(ast),
      topLevel: body.filter((node) => node.type === 'TOMLKeyValue'),
      tables: body.filter((node) => node.type === 'TOMLTable'),
      find: (path) => written.get(keyOf(path)) ?? null,
    });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const where = { line: error.lineNumber, column: error.column + 1 };
    return fail({ ...syntax(lowerFirst(error.message)), where });
  }
}

const syntax = (what: string) => ({
  code: 'fleet-syntax',
  message: `this is not valid TOML: ${what}`,
  fix: 'Correct the line; strings are quoted, tables look like [[server]].',
});

const beyondWords = {
  size: {
    code: 'fleet-too-large',
    message: `the file has more than ${LONGEST_TOML} characters; no fleet has`,
  },
  parts: {
    code: 'fleet-too-large',
    message: `the file has more than ${MOST_PARTS} lines and values; no fleet has`,
  },
  depth: {
    code: 'fleet-too-deep',
    message: 'brackets or dotted keys are nested too deeply to be a fleet file',
  },
  value: { code: 'fleet-value-too-long', message: `a value has more than ${LONGEST_VALUE} characters` },
} as const;

const notAFleet = (text: string, { what, offset }: BeyondBounds): Fault => ({
  ...beyondWords[what],
  fix: 'Check the path: this is probably another file.',
  where: what === 'size' || what === 'parts' ? {} : placeOf(text, offset),
});

function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** `server[2].origin`; positions count from 0, as in JSON. */
export function describePath(path: KeyPath): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
}

/** The table with this path; null when it is written otherwise (inline) or missing. */
export function findTable(document: TomlDocument, path: KeyPath): AST.TOMLTable | null {
  return document.tables.find((table) => keyOf(table.resolvedKey) === keyOf(path)) ?? null;
}

/** A key's name, bare or quoted. */
export const keyName = (key: AST.TOMLBare | AST.TOMLQuoted): string =>
  key.type === 'TOMLBare' ? key.name : key.value;

const keyOf = (path: KeyPath): string => JSON.stringify(path);

function index(body: readonly (AST.TOMLKeyValue | AST.TOMLTable)[]): Map<string, Written> {
  const written = new Map<string, Written>();
  const put = (path: KeyPath, at: Written): void => {
    if (!written.has(keyOf(path))) written.set(keyOf(path), at);
  };
  const addPair = (base: KeyPath, pair: AST.TOMLKeyValue): void => {
    let path = base;
    pair.key.keys.forEach((key, position) => {
      path = [...path, keyName(key)];
      const last = position === pair.key.keys.length - 1;
      put(path, { loc: key.loc, pair: last ? pair : null, value: last ? pair.value : null });
    });
    addValue(path, pair.value);
  };
  const addValue = (path: KeyPath, value: AST.TOMLContentNode): void => {
    if (value.type === 'TOMLInlineTable') for (const pair of value.body) addPair(path, pair);
    if (value.type !== 'TOMLArray') return;
    value.elements.forEach((element, position) => {
      put([...path, position], { loc: element.loc, pair: null, value: element });
      addValue([...path, position], element);
    });
  };
  for (const node of body) {
    if (node.type === 'TOMLKeyValue') {
      addPair([], node);
      continue;
    }
    put(node.resolvedKey, { loc: node.loc, pair: null, value: null });
    for (const pair of node.body) addPair(node.resolvedKey, pair);
  }
  return written;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
