/** Where a key, its value or its table's header stands: byte offsets, end exclusive. */
export interface Position {
  path: readonly string[];
  start: number;
  end: number;
  line: number;
  kind: 'header' | 'key' | 'value';
}

/**
 * Finds the places a message may point at. smol-toml tells none, and Kanidm's messages carry byte offsets, so the
 * text is read once more, line by line; multi-line values keep their first line's place, which no message needs.
 */
export function findPositions(text: string): Position[] {
  const found: Position[] = [];
  let table: readonly string[] = [];
  let offset = 0;
  text.split('\n').forEach((line, number) => {
    const bytes = (end: number) => offset + Buffer.byteLength(line.slice(0, end));
    const header = /^\s*(\[\[?)\s*(.*?)\s*(\]\]?)\s*(#.*)?$/.exec(line);
    if (header?.[2] !== undefined && !line.includes('=')) {
      const start = line.indexOf('[');
      const close = line.lastIndexOf(']', line.includes('#') ? line.indexOf('#') : undefined) + 1;
      table = splitKey(header[2]);
      found.push({ path: table, start: bytes(start), end: bytes(close), line: number, kind: 'header' });
    }
    const pair = /^(\s*)((?:"[^"]*"|'[^']*'|[A-Za-z0-9_.-]|\s)+?)(\s*=\s*)(.*)$/.exec(line);
    if (pair && !line.trimStart().startsWith('#')) {
      const [, indent = '', key = '', equals = '', rest = ''] = pair;
      const path = [...table, ...splitKey(key)];
      const keyEnd = indent.length + key.length;
      const valueStart = keyEnd + equals.length;
      const value = valueText(rest);
      found.push({ path, start: bytes(indent.length), end: bytes(keyEnd), line: number, kind: 'key' });
      found.push({
        path,
        start: bytes(valueStart),
        end: bytes(valueStart + value.length),
        line: number,
        kind: 'value',
      });
    }
    offset += Buffer.byteLength(line) + 1;
  });
  return found;
}

/** Splits `a."b.c".d` into its parts. */
export function splitKey(key: string): string[] {
  const parts = key.match(/"[^"]*"|'[^']*'|[A-Za-z0-9_-]+/g) ?? [];
  return parts.map((part) => part.replace(/^(["'])(.*)\1$/, '$2'));
}

function valueText(rest: string): string {
  const quoted = /^("(?:[^"\\]|\\.)*"|'[^']*')/.exec(rest);
  return quoted?.[1] ?? rest.replace(/\s*#.*$/, '').trimEnd();
}
