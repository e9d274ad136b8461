import { bytesToBase64 } from '../../base64';

/** What a block of the runbook is for. `bash`: run in order; `bash if-needed`: only when the text says so. */
export type BlockKind = 'bash' | 'bash if-needed' | 'diff';

/** A fenced block; the fence is longer than any in the text. */
export function block(kind: BlockKind, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${kind}\n${text.replace(/\n$/, '')}\n${fence}`;
}

/**
 * A command that writes exactly these bytes into a local file. Text is shown as it is; what a here-document could not hold
 * to the byte (no line end at the end, carriage returns) as base64.
 */
export function writeLocally(file: string, bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

  if (text.endsWith('\n') && !/[\u0000-\u0008\u000b-\u001f\ufeff]/.test(text) && !/^\t/m.test(text)) {
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

/** Text as Markdown shows it literally: marks that would mean something are escaped. */
export const plain = (text: string): string => text.replace(/[\\`*_<>[\]#|]/g, (mark) => `\\${mark}`);
