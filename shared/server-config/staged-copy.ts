import { ok, type Place, type Result } from '../result';
import { addTopLevel, literal, removePair, setWritten } from './edit-key';
import { tableBlock } from './edit-partner';
import { styleOf } from './file-style';
import { applyEdits, removeLines, type TextEdit } from './text-edit';
import { encodeToml, parseToml, readToml, startsWith, type TomlFile } from './toml-file';

/**
 * The copy of a server.toml that is safe for `configtest` beside a running server (`kanidm.md`, "Commands"): database
 * and admin socket lie in `folder`, LDAP is not bound, no online backup runs. Everything else is byte for byte the
 * same.
 * @param folder an empty folder on the server, absolute.
 * @returns a fault when the bytes are no TOML.
 */
export function stagedCopy(bytes: Uint8Array, folder: string, where: Place): Result<Uint8Array> {
  const read = readToml(bytes, where);
  if (!read.ok) return read;
  const base = folder.replace(/\/+$/, '');
  const steps: readonly ((file: TomlFile) => readonly TextEdit[])[] = [
    (file) => setTopLevel(file, 'db_path', `${base}/kanidm.db`),
    (file) => setTopLevel(file, 'adminbindpath', `${base}/kanidmd.sock`),
    (file) => removeKey(file, 'ldapbindaddress'),
    (file) => removeKey(file, 'online_backup'),
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

function setTopLevel(file: TomlFile, key: string, value: string): readonly TextEdit[] {
  const written = file.find([key]);
  if (written) return setWritten(file, written, value).edits;
  const { equals, valueQuote } = styleOf(file, null);
  return addTopLevel(file, [`${key}${equals}${literal(value, valueQuote)}`]).edits;
}

/** Every header and every line of a top-level key. */
function removeKey(file: TomlFile, key: string): readonly TextEdit[] {
  const tables = file.tables
    .filter((table) => startsWith(table.resolvedKey, [key]))
    .map((table) => tableBlock(file, table))
    .map(([start, end]) => removeLines(file.text, start, end));
  const lines = file.pairs
    .filter(({ path, holder }) => path[0] === key && holder.type === 'TOMLTopLevelTable')
    .flatMap((pair) => removePair(file, pair).edits);
  return [...tables, ...lines];
}
