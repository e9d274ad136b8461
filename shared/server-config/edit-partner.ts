import type { AST } from 'toml-eslint-parser';
import type { Origin } from '../base/names';
import { parseOrigin } from '../base/origin';
import { intoBraces } from './edit-braces';
import { addKeys, type Edits, lastDotted, noEdits, removePair, renameKey, setWritten } from './edit-key';
import { type FileStyle, indentOf, pairStyle, quoted, styleOf } from './file-style';
import { isSetting, stringOf } from './replication-section';
import { certificateKey, type Partner, pulls } from './server-config';
import {
  commentsBelow,
  insertLines,
  isComment,
  lineStart,
  nextLine,
  removeBlock,
  removeLines,
  type TextEdit,
} from '../toml/text-edit';
import { type KeyPath, startsWith, type TomlFile } from '../toml/toml-file';

/** The spelling of each partner's key in a file. */
export type PartnerKeys = ReadonlyMap<Origin, string>;

/** Every partner of a file, in its order, by canonical origin. */
export function partnerKeys(file: TomlFile): PartnerKeys {
  const keys = new Map<Origin, string>();
  for (const path of [
    ...file.pairs.map((pair) => pair.path),
    ...file.tables.map((table) => table.resolvedKey),
  ]) {
    const key = path[1];
    if (path[0] !== 'replication' || typeof key !== 'string' || isSetting(key)) continue;
    const origin = parseOrigin(key)?.origin;
    if (origin !== undefined && !keys.has(origin)) keys.set(origin, key);
  }
  return keys;
}

/** Brings a partner's table to what `partner` says, or adds it after the last one in the same form. */
export function setPartner(file: TomlFile, keys: PartnerKeys, partner: Partner): Edits {
  const key = keys.get(partner.origin);
  return key === undefined
    ? appendPartner(file, partner)
    : changePartner(file, ['replication', key], partner);
}

/** Removes a partner's table with its own comments; nothing when there is none. */
export function removePartner(file: TomlFile, keys: PartnerKeys, origin: Origin): Edits {
  const key = keys.get(origin);
  if (key === undefined) return noEdits;
  const path = ['replication', key];
  const headers = file.tables.filter((table) => startsWith(table.resolvedKey, path));
  const pairs = file.pairs.filter(
    (it) => startsWith(it.path, path) && it.path.length - it.pair.key.keys.length < path.length,
  );
  const braced = pairs.find(({ holder }) => holder.type === 'TOMLInlineTable');
  if (braced) return removePair(file, braced);
  const blocks = headers.map((header) => tableBlock(file, header));
  const edits = [
    ...blocks.map(([start, end]) => removeBlock(file.text, start, end)),
    ...lineRuns(
      file,
      pairs.map(({ pair }) => pair),
    ).map(([start, end]) => removeLines(file.text, start, end)),
  ];
  return { edits, alone: edits.length > 1 };
}

/**
 * A table's lines: the comments right above its header, its keys, and comments that follow at once. Offsets of line
 * starts.
 */
export function tableBlock(file: TomlFile, header: AST.TOMLTable): readonly [number, number] {
  return [file.ownStart(header), commentsBelow(file.text, nextLine(file.text, header.range[1]))];
}

function changePartner(file: TomlFile, path: KeyPath, partner: Partner): Edits {
  const type = file.find([...path, 'type']);
  const key = certificateKey[partner.type];
  const pin = file.find([...path, key]);
  const oldKey =
    Object.entries(certificateKey).find(([name]) => type !== null && stringOf(type) === name)?.[1] ?? key;
  const oldPin = oldKey === key ? null : file.find([...path, oldKey]);
  const flag = file.find([...path, 'automatic_refresh']);
  const parts: (Edits | null)[] = [type === null ? null : setWritten(file, type, partner.type)];
  if (pin)
    parts.push(setWritten(file, pin, partner.certificate), oldPin ? removePair(file, oldPin) : noEdits);
  else if (oldPin) parts.push(renameKey(oldPin, key), setWritten(file, oldPin, partner.certificate));
  // Where the server does not pull the key means nothing: it stays as it is, but a pull that ends leaves it not armed.
  if (flag && (pulls(partner.type) || stringOf(type ?? flag) !== partner.type))
    parts.push(setWritten(file, flag, partner.automaticRefresh && pulls(partner.type)));
  // 1.1.0-rc.15 demands the key wherever the server pulls: a table that begins to pull gets it.
  const begins = type !== null && stringOf(type) === 'allow-pull' && pulls(partner.type);
  if (!flag && pulls(partner.type) && (begins || partner.automaticRefresh))
    parts.push(addKeys(file, path, [['automatic_refresh', partner.automaticRefresh]]));
  return join(parts);
}

function appendPartner(file: TomlFile, partner: Partner): Edits {
  const last = lastPartnerPair(file);
  if (last) return appendBeside(file, last, partner);
  const whole = file.find(['replication'])?.pair.value;
  if (whole?.type === 'TOMLInlineTable') {
    const style = { ...styleOf(file, null), ...pairStyle(file, whole.body[0] ?? null) };
    const pair = [quoted(partner.origin, style.keyQuote), braces(partner, style)] as const;
    return { edits: intoBraces(file, whole, whole.body.at(-1) ?? null, [pair]), alone: true };
  }
  const dotted = lastHeader(file) === null ? lastDotted(file, ['replication']) : null;
  if (!dotted) return appendTable(file, partner);
  const style = { ...styleOf(file, null), ...pairStyle(file, dotted.pair) };
  const name = `${file.text.slice(dotted.pair.key.range[0], dotted.pair.key.keys[0]?.range[1])}.${quoted(partner.origin, style.keyQuote)}`;
  const lines = keysOf(partner, style).map(([key, value]) => `${name}.${key}${style.equals}${value}`);
  const at = nextLine(file.text, dotted.pair.range[1]);
  return { edits: [insertLines(file.text, at, lines)], alone: false };
}

/** A table of its own after the last one about replication, else at the end of the file. */
function appendTable(file: TomlFile, partner: Partner): Edits {
  const { text } = file;
  const example = lastHeader(file);
  const style = styleOf(file, example);
  const at = example ? commentsBelow(text, nextLine(text, example.range[1])) : endOfContent(text);
  const { headerIndent, keyIndent, bracketPadding, dot, equals } = style;
  const name = `replication${dot}${quoted(partner.origin, style.keyQuote)}`;
  const lines = [
    `${headerIndent}[${bracketPadding}${name}${bracketPadding}]`,
    ...keysOf(partner, style).map(([key, value]) => `${keyIndent}${key}${equals}${value}`),
  ];
  const blank = at === 0 ? 0 : separation(text, at, style.blankLines);
  const edit = insertLines(text, at, [...Array<string>(blank).fill(''), ...lines]);
  return { edits: [{ ...edit, table: true }], alone: false };
}

/** Another pair like the last partner's: `"repl://…" = { … }`, or dotted keys. */
function appendBeside(file: TomlFile, last: PartnerPair, partner: Partner): Edits {
  const { pair, holder, path } = last.at;
  const inside =
    last.form === 'inline' && pair.value.type === 'TOMLInlineTable' ? pair.value.body[0] : undefined;
  const style = { ...styleOf(file, null), ...pairStyle(file, inside ?? pair), ...last.quote };
  const position = 1 - (path.length - pair.key.keys.length);
  const prefix = file.text.slice(pair.key.range[0], pair.key.keys[position]?.range[0]);
  const name = prefix + quoted(partner.origin, style.keyQuote);
  const outer = pairStyle(file, pair).equals;
  const written: (readonly [string, string])[] =
    last.form === 'inline'
      ? [[name, braces(partner, style)]]
      : keysOf(partner, style).map(([key, value]) => [`${name}.${key}`, value]);
  if (holder.type === 'TOMLInlineTable')
    return { edits: intoBraces(file, holder, pair, written), alone: true };
  const indent = indentOf(file.text, pair.range[0]);
  const lines = written.map(([key, value]) => `${indent}${key}${outer}${value}`);
  return {
    edits: [insertLines(file.text, nextLine(file.text, pair.range[1]), lines)],
    alone: false,
  };
}

interface PartnerPair {
  readonly at: TomlFile['pairs'][number];
  readonly form: 'inline' | 'dotted';
  readonly quote: Pick<FileStyle, 'keyQuote'>;
}

/** The last pair of the last partner, where partners are written as pairs; null when the last one has a header. */
function lastPartnerPair(file: TomlFile): PartnerPair | null {
  const at = file.pairs
    .filter(({ path, pair }) => {
      const base = path.length - pair.key.keys.length;
      return (
        path[0] === 'replication' &&
        typeof path[1] === 'string' &&
        !isSetting(path[1]) &&
        base < 2 &&
        path.length > 1
      );
    })
    .at(-1);
  const header = file.tables
    .filter((table) => table.resolvedKey[0] === 'replication' && table.resolvedKey.length > 1)
    .at(-1);
  if (!at || (header && header.range[0] > at.pair.range[0])) return null;
  const key = at.pair.key.keys[1 - (at.path.length - at.pair.key.keys.length)];
  const quote = { keyQuote: key?.type === 'TOMLQuoted' && key.style === 'literal' ? "'" : '"' } as const;
  return { at, form: at.path.length === 2 ? 'inline' : 'dotted', quote };
}

const lastHeader = (file: TomlFile): AST.TOMLTable | null =>
  file.tables.filter((table) => table.resolvedKey[0] === 'replication').at(-1) ?? null;

/** A table's keys as written, in the order of Kanidm's book. */
function keysOf(partner: Partner, style: Pick<FileStyle, 'valueQuote'>): (readonly [string, string])[] {
  const keys: (readonly [string, string])[] = [
    ['type', quoted(partner.type, style.valueQuote)],
    [certificateKey[partner.type], quoted(partner.certificate, style.valueQuote)],
  ];
  // 1.1.0-rc.15 demands the key wherever the server pulls (`kanidm.md`, "Partner tables").
  if (pulls(partner.type)) keys.push(['automatic_refresh', String(partner.automaticRefresh)]);
  return keys;
}

const braces = (partner: Partner, style: FileStyle): string =>
  `{ ${keysOf(partner, style)
    .map(([key, value]) => `${key}${style.equals}${value}`)
    .join(', ')} }`;

/** A header must not touch a comment above it that is about something else. */
export const separation = (text: string, at: number, wanted: number): number =>
  wanted === 0 && at > 0 && isComment(text, lineStart(text, at - 1)) ? 1 : wanted;

/** The line start after the last line that is not blank. */
export function endOfContent(text: string): number {
  const content = text.trimEnd().length;
  return content === 0 ? 0 : nextLine(text, content - 1);
}

/** Lines of pairs, with the comments right above each run, joined where they touch. */
function lineRuns(
  file: TomlFile,
  pairs: readonly AST.TOMLKeyValue[],
): readonly (readonly [number, number])[] {
  const { text } = file;
  const runs: [number, number][] = [];
  for (const pair of pairs) {
    const [start, end] = [file.ownStart(pair), nextLine(text, pair.range[1])];
    const last = runs.at(-1);
    if (last && start <= last[1]) last[1] = end;
    else runs.push([start, end]);
  }
  return runs;
}

function join(parts: readonly (Edits | null)[]): Edits {
  const edits: TextEdit[] = parts.flatMap((part) => part?.edits ?? []);
  return { edits, alone: parts.some((part) => part?.alone === true) };
}
