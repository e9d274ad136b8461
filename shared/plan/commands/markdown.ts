import { bytesToBase64 } from '../../base/base64';
import { hasControls, onOneLine } from '../../base/escape-controls';

/** What a block of the runbook is for. `bash`: run in order; `bash if-needed`: only when the text says so. */
export type BlockKind = 'bash' | 'bash if-needed' | 'diff';

/** A fenced block. The fence is longer than any in the text. */
export function block(kind: BlockKind, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${kind}\n${text.replace(/\n$/, '')}\n${fence}`;
}

/**
 * A command that writes exactly these bytes into a local file. Text is shown as it is. What a here-document could not hold
 * to the byte (no line end at the end, carriage returns) is written as base64.
 */
export function writeLocally(file: string, bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  // What a terminal or a page would not show as it is stands as base64: a person reads what is written.
  if (text.endsWith('\n') && !hasControls(text.replace(/(?<=\S)\t|\n/g, ' '))) {
    const end = delimiter(text);
    return `cat > ${file} <<'${end}'\n${text}${end}`;
  }
  const lines = bytesToBase64(bytes).match(/.{1,76}/g) ?? [];
  return [`base64 -d > ${file} <<'END_OF_BASE64'`, ...lines, 'END_OF_BASE64'].join('\n');
}

/** A line that the text does not hold. */
function delimiter(text: string): string {
  let end = 'END_OF_FILE';
  while (text.split('\n').includes(end)) end += '_';
  return end;
}

/**
 * Text as Markdown shows it literally, on one line: no mark of it begins a block, a link, a tag or an entity. A line end in
 * it could begin a code block that a person takes for ours.
 */
export const plain = (text: string): string =>
  onOneLine(text)
    .replace(/[\\`*_<>[\]#|~&!$]/g, (mark) => `\\${mark}`)
    .replace(/\b(https?|ftp):\/\//gi, '$1\\://')
    .replace(/\b(www)\./gi, '$1\\.')
    .replace(/^(?=[-+=])/, '\\')
    .replace(/^(\d{1,9})(?=[.)])/, '$1\\');

/** Text as a code span, on one line. Its marks are longer than any in it. */
export function code(text: string): string {
  const line = onOneLine(text);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const marks = '`'.repeat(longest + 1);
  const padded = line.startsWith('`') || line.endsWith('`') ? ` ${line} ` : line;
  return `${marks}${padded}${marks}`;
}
