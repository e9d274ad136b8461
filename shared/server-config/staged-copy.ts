import type { AST } from 'toml-eslint-parser';
import { fail, type Fault, ok, type Place, type Result } from '../base/result';
import { addTopLevel, literal, setWritten } from './edit-key';
import { styleOf } from './file-style';
import { applyEdits, type TextEdit } from '../toml/text-edit';
import { encodeToml, parseToml, readToml } from './server-toml';
import { type KeyPath, type TomlFile } from '../toml/toml-file';
import { withoutTrailing } from '../base/without-trailing';

/**
 * The copy of a server.toml that is safe for `configtest` beside a running server (`kanidm.md`, "configtest"): database
 * and admin socket lie in `folder`, backups would go there, LDAP gets any free port of the machine itself, for some versions
 * bind it; a log level that prints megabytes (16 MB measured with `trace`) is `info`, or the answer would be lost in
 * them. Everything else is byte for byte the same, so that kanidmd reads as much as it can of what it will start with.
 * What it does not look at in a copy, `checkUnstaged` does.
 * @param folder an empty folder on the server, absolute.
 * @returns a fault when the bytes are no TOML, and when the admin socket's path would be too long for any system.
 */
export function stagedCopy(bytes: Uint8Array, folder: string, where: Place): Result<Uint8Array> {
  const read = readToml(bytes, where);
  if (!read.ok) return read;
  const base = withoutTrailing(folder, '/');
  const socket = `${base}/sock`;
  if (new TextEncoder().encode(socket).length > LONGEST_SOCKET_PATH)
    return fail(socketTooLong(socket, where));
  const steps: readonly ((file: TomlFile) => readonly TextEdit[])[] = [
    (file) => setTopLevel(file, 'db_path', `${base}/kanidm.db`),
    (file) => setTopLevel(file, 'adminbindpath', socket),
    (file) => setAddresses(file, 'ldapbindaddress', ANY_FREE_PORT),
    (file) => setText(file, ['online_backup', 'path'], `${base}/backups`),
    (file) => quieten(file),
  ];
  let file = read.value;
  for (const step of steps) {
    const edits = step(file);
    if (edits.length === 0) continue;
    const next = parseToml(applyEdits(file.text, edits), file.byteOrderMark, where);
    if (!next.ok) return next;
    file = next.value;
  }
  return ok(encodeToml(file.text, file.byteOrderMark));
}

/** Bytes of a Unix socket's path (`sun_path` in unix(7), without the zero at its end). */
const LONGEST_SOCKET_PATH = 107;

const socketTooLong = (socket: string, where: Place): Fault => ({
  code: 'socket-path-too-long',
  message: `The new server.toml cannot be tested: the admin socket of the copy, ${socket}, would have a path of more than ${LONGEST_SOCKET_PATH} bytes, which no system allows.`,
  fix: 'Nothing was changed. The copy lies beside the database: give that a shorter path (db_path), then plan again.',
  where,
});

/** Of the machine itself, whatever port is free. */
const ANY_FREE_PORT = '127.0.0.1:0';

function setTopLevel(file: TomlFile, key: string, value: string): readonly TextEdit[] {
  const written = file.find([key]);
  if (written) return setWritten(file, written, value).edits;
  const { equals, valueQuote } = styleOf(file, null);
  return addTopLevel(file, [`${key}${equals}${literal(value, valueQuote)}`]).edits;
}

/** The same text elsewhere; what is no text stays, and kanidmd says what is wrong with it. */
function setText(file: TomlFile, path: KeyPath, value: string): readonly TextEdit[] {
  const written = file.find(path);
  return written && isText(written.pair.value) ? setWritten(file, written, value).edits : [];
}

const LOUD = ['debug', 'trace'];

function quieten(file: TomlFile): readonly TextEdit[] {
  const value = file.find(['log_level'])?.pair.value;
  const loud = value?.type === 'TOMLValue' && value.kind === 'string' && LOUD.includes(value.value);
  return loud ? setText(file, ['log_level'], 'info') : [];
}

/** Each address of LDAP, one or a list, becomes one that any number of servers can bind beside each other. */
function setAddresses(file: TomlFile, key: string, value: string): readonly TextEdit[] {
  const written = file.find([key])?.pair.value;
  if (written?.type !== 'TOMLArray') return setText(file, [key], value);
  return written.elements
    .filter(isText)
    .map(({ range: [start, end] }) => ({ start, end, text: literal(value, '"') }));
}

const isText = (node: AST.TOMLNode): boolean => node.type === 'TOMLValue' && node.kind === 'string';
