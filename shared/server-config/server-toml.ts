import type { FileCode } from './config-problems';
import { type Fault, fail, ok, type Place, type Result } from '../base/result';
import { LONGEST_TOML, LONGEST_VALUE, MOST_PARTS } from '../toml/toml-bounds';
import { type NotToml, notTomlOf, parseTomlFile, type TomlFile } from '../toml/toml-file';

/**
 * Reads the bytes of a server.toml as TOML 1.1, of which 1.0 is a part; what of it an older kanidmd does not read,
 * `beyondToml10` says. The bytes are checked first, for the parser takes bad UTF-8, and Kanidm does not.
 * @returns fault `server-toml-syntax`, `server-toml-not-utf8`, `server-toml-too-large` or `server-toml-too-deep`, with
 * line and column where there is one.
 */
export function readToml(bytes: Uint8Array, where: Place): Result<TomlFile> {
  // A character has at most four bytes: beyond this it is not worth decoding.
  if (bytes.length > 4 * LONGEST_TOML) return fail(tooLarge(where));
  let decoded: string;
  try {
    decoded = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail(notUtf8(bytes, where));
  }
  const byteOrderMark = decoded.startsWith(MARK);
  return parseToml(byteOrderMark ? decoded.slice(1) : decoded, byteOrderMark, where);
}

/** The same for text that was decoded already, its byte order mark taken off. */
export function parseToml(text: string, byteOrderMark: boolean, where: Place): Result<TomlFile> {
  const file = parseTomlFile(text, byteOrderMark, '1.1');
  return 'what' in file ? fail(faultOf(file, where)) : ok(file);
}

/**
 * What of a file is TOML 1.1 only: inline tables over several lines or with a comma at their end, `\e` and `\xHH`, times
 * without seconds.
 * @returns fault `server-toml-too-new` at the first such place, without a word of who minds; null: all of it is TOML 1.0.
 */
export function beyondToml10({ text }: TomlFile, where: Place): Fault | null {
  const not = notTomlOf(text, '1.0');
  return not && { ...faultOf(not, where), code: 'server-toml-too-new' satisfies FileCode };
}

/** The bytes of a file whose text became `text`: the byte order mark comes back. */
export const encodeToml = (text: string, byteOrderMark: boolean): Uint8Array =>
  new TextEncoder().encode(byteOrderMark ? MARK + text : text);

const MARK = '\uFEFF';

function faultOf(not: NotToml, where: Place): Fault {
  const at = { ...where, line: not.line, column: not.column };
  switch (not.what) {
    case 'size':
    case 'parts':
      return tooLarge(where);
    case 'depth':
      return tooDeep(at);
    case 'value':
      return tooLong(at);
    case 'syntax':
      return {
        code: 'server-toml-syntax' satisfies FileCode,
        message: `This is not valid TOML: ${not.words}.`,
        fix: 'Correct the line; kanidmd would refuse to start with it.',
        where: at,
      };
  }
}

function notUtf8(bytes: Uint8Array, where: Place): Fault {
  const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const encoder = new TextEncoder();
  const lines = decoded.split('\n');
  // Decoding a bad byte gives a replacement character; a genuine one in the text encodes back to its own bytes.
  let offset = 0;
  const line = lines.findIndex((content) => {
    const encoded = encoder.encode(content);
    const same = encoded.every((byte, index) => bytes[offset + index] === byte);
    if (same) offset += encoded.length + 1;
    return !same;
  });
  const column = (lines[line] ?? '').indexOf('\uFFFD');
  return {
    code: 'server-toml-not-utf8' satisfies FileCode,
    message: 'server.toml is not UTF-8 text; kanidmd refuses it too.',
    fix: 'Save it as UTF-8, then check again.',
    where: line < 0 ? where : { ...where, line: line + 1, column: Math.max(column, 0) + 1 },
  };
}

const tooLarge = (where: Place): Fault => ({
  code: 'server-toml-too-large' satisfies FileCode,
  message: `This file has more than ${LONGEST_TOML} characters or ${MOST_PARTS} lines and values; no server.toml has.`,
  fix: 'Check the path: this is probably another file.',
  where,
});

const tooDeep = (where: Place): Fault => ({
  code: 'server-toml-too-deep' satisfies FileCode,
  message: 'Values are nested too deeply to be a server.toml.',
  fix: 'Check the path: this is probably another file.',
  where,
});

const tooLong = (where: Place): Fault => ({
  code: 'server-toml-value-too-long' satisfies FileCode,
  message: `A value has more than ${LONGEST_VALUE} characters; the longest in a server.toml, a certificate, has some 600.`,
  fix: 'Correct the line, or check the path: this is probably another file.',
  where,
});
