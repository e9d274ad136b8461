import type { FleetFileCode } from '../rules/fleet-file';
import { type AST, getStaticTOMLValue } from 'toml-eslint-parser';
import { type Fault, fail, ok, type Result } from '../../base/result';
import { type BeyondBounds, LONGEST_TOML, LONGEST_VALUE, MOST_PARTS } from '../../toml/toml-bounds';
import {
  type KeyPath,
  keyName,
  type NotToml,
  parseTomlFile,
  pathKey,
  type TomlFile,
} from '../../toml/toml-file';

/** A fleet file as TOML, every value with its place. Offsets are in UTF-16 units of `text`, as strings count. */
export interface TomlDocument {
  readonly text: string;
  readonly file: TomlFile;
  readonly value: unknown;
  /** Top-level keys written before any table. */
  readonly topLevel: readonly AST.TOMLKeyValue[];
  /** `[[server]]` and the like, in the order of the file, each with its own keys and those of its sub-tables. */
  readonly tables: readonly AST.TOMLTable[];
  /** The key and value written at a path; null when nothing is. */
  readonly find: (path: KeyPath) => WrittenNode | null;
}

export interface WrittenNode {
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
  const file = parseTomlFile(text, false, '1.0');
  if ('what' in file) return fail(notAFleet(file));
  const written = index(file.body);
  return ok({
    text,
    file,
    value: getStaticTOMLValue(file.program),
    topLevel: file.body.filter((node) => node.type === 'TOMLKeyValue'),
    tables: file.tables,
    find: (path) => written.get(pathKey(path)) ?? null,
  });
}

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
} as const satisfies Readonly<Record<BeyondBounds['what'], { code: FleetFileCode; message: string }>>;

function notAFleet(not: NotToml): Fault {
  const where = { line: not.line, column: not.column };
  if (not.what === 'syntax')
    return {
      code: 'fleet-syntax' satisfies FleetFileCode,
      message: `this is not valid TOML: ${not.words}`,
      fix: 'Correct the line; strings are quoted, tables look like [[server]].',
      where,
    };
  return {
    ...beyondWords[not.what],
    fix: 'Check the path: this is probably another file.',
    where: not.what === 'size' || not.what === 'parts' ? {} : where,
  };
}

/** `server[2].origin`; positions count from 0, as in JSON. */
export function describePath(path: KeyPath): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
}

function index(body: readonly (AST.TOMLKeyValue | AST.TOMLTable)[]): Map<string, WrittenNode> {
  const written = new Map<string, WrittenNode>();
  const put = (path: KeyPath, at: WrittenNode): void => {
    if (!written.has(pathKey(path))) written.set(pathKey(path), at);
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
