import { ok, type Place, type Result } from '../result';
import { addTopLevel, type Edits, literal, noEdits, removePair, setWritten } from './edit-key';
import { tableBlock } from './edit-partner';
import { styleOf } from './file-style';
import { applyEdits, removeLines } from './text-edit';
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
  const steps: readonly ((file: TomlFile) => Edits)[] = [
    (file) => setTopLevel(file, 'db_path', `${base}/kanidm.db`),
    (file) => setTopLevel(file, 'adminbindpath', `${base}/kanidmd.sock`),
    (file) => removeKey(file, 'ldapbindaddress'),
    (file) => removeKey(file, 'online_backup'),
  ];
  let file = read.value;
  for (const step of steps) {
    // Removing dotted keys from braces takes several readings; each removes at least one.
    for (let left = file.pairs.length + 1; left > 0; left -= 1) {
      const { edits } = step(file);
      if (edits.length === 0) break;
      const next = parseToml(applyEdits(file.text, edits), file.byteOrderMark, where);
      if (!next.ok) return next;
      file = next.value;
    }
  }
  return ok(encodeToml(file.text, file.byteOrderMark));
}

function setTopLevel(file: TomlFile, key: string, value: string): Edits {
  const written = file.find([key]);
  if (written) return setWritten(file, written, value);
  const { equals, valueQuote } = styleOf(file, null);
  return addTopLevel(file, [`${key}${equals}${literal(value, valueQuote)}`]);
}

function removeKey(file: TomlFile, key: string): Edits {
  const header = file.tables.find((table) => startsWith(table.resolvedKey, [key]));
  if (header) {
    const [start, end] = tableBlock(file, header);
    return { edits: [removeLines(file.text, start, end)], alone: true };
  }
  const pair = file.pairs.find(({ path }) => path[0] === key);
  return pair ? removePair(file, pair) : noEdits;
}
