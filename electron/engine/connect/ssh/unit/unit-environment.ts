/** Variables by name. */
export type Variables = Readonly<Record<string, string>>;

/**
 * The `Environment` property as `systemctl show` prints it: assignments with blanks between them; one that holds blanks or
 * quotes stands in double quotes with backslashes, one that holds control characters in `$'…'`.
 */
export function readEnvironment(property: string): Variables {
  const variables: Record<string, string> = {};
  for (const word of wordsOf(property)) assign(variables, word);
  return variables;
}

/** The names of the `UnsetEnvironment` property; an assignment takes away only that value (systemd.exec(5)). */
export function withoutUnset(variables: Variables, property: string): Variables {
  const unset = wordsOf(property);
  return Object.fromEntries(
    Object.entries(variables).filter(
      ([name, value]) => !unset.includes(name) && !unset.includes(`${name}=${value}`),
    ),
  );
}

/**
 * An environment file as systemd reads it (systemd.exec(5), EnvironmentFile=): an assignment a line, lines that begin with
 * `#` or `;` are comments, values may be quoted in parts, a backslash before a line's end joins it with the next. One pass,
 * whatever it holds.
 */
export function readEnvironmentFile(text: string): Variables {
  const variables: Record<string, string> = {};
  const reader = new Reader(text.replaceAll('\r\n', '\n'));
  while (!reader.atEnd) {
    const name = reader.name();
    if (name !== null) variables[name] = reader.value();
  }
  return variables;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const BLANK = /\s/;

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** Goes past the `=` of an assignment; a line without one is passed over, and null. */
  name(): string | null {
    const end = this.endOfLine();
    const line = this.text.slice(this.at, end);
    const cut = line.indexOf('=');
    const name = cut < 0 ? '' : line.slice(0, cut).trim();
    const comment = /^[#;]/.test(line.trimStart());
    if (comment || !NAME.test(name)) {
      this.at = end + 1;
      return null;
    }
    this.at += cut + 1;
    return name;
  }

  /** The value, up to the end of its line; quotes open only at its beginning or after another quoted part. */
  value(): string {
    let value = '';
    this.skipBlanks();
    while (!this.atEnd && (this.text[this.at] === '"' || this.text[this.at] === "'")) {
      value += this.quoted(this.text[this.at] ?? '');
      this.skipBlanks();
    }
    return value + this.bare();
  }

  private bare(): string {
    const kept: string[] = [];
    let solid = 0;
    while (!this.atEnd && this.text[this.at] !== '\n') {
      let next = this.text[this.at++] ?? '';
      const escaped = next === '\\';
      if (escaped) {
        next = this.text[this.at++] ?? '';
        if (next === '\n') continue;
      }
      kept.push(next);
      if (escaped || !BLANK.test(next)) solid = kept.length;
    }
    this.at++;
    return kept.slice(0, solid).join('');
  }

  private quoted(quote: string): string {
    const kept: string[] = [];
    this.at++;
    while (!this.atEnd) {
      const next = this.text[this.at++] ?? '';
      if (next === quote) break;
      if (next !== '\\' || quote === "'") {
        kept.push(next);
        continue;
      }
      const after = this.text[this.at++] ?? '';
      if (after === '\n') continue;
      kept.push(/["\\`$]/.test(after) ? after : `\\${after}`);
    }
    return kept.join('');
  }

  private skipBlanks(): void {
    while (!this.atEnd && this.text[this.at] !== '\n' && BLANK.test(this.text[this.at] ?? '')) this.at++;
  }

  private endOfLine(): number {
    const end = this.text.indexOf('\n', this.at);
    return end < 0 ? this.text.length : end;
  }
}

/** Words with blanks between them, quoted as a POSIX shell writes them. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (BLANK.test(text[at] ?? '')) {
      at++;
      continue;
    }
    const escapes = text.startsWith("$'", at);
    const quote = escapes ? "'" : text[at] === '"' ? '"' : null;
    if (quote !== null) at += escapes ? 2 : 1;
    const kept: string[] = [];
    while (at < text.length) {
      const next = text[at++] ?? '';
      if (quote === null ? BLANK.test(next) : next === quote) break;
      if (next !== '\\' || quote === null) {
        kept.push(next);
        continue;
      }
      const after = text[at++] ?? '';
      kept.push((escapes ? CONTROLS[after] : undefined) ?? after);
    }
    words.push(kept.join(''));
  }
  return words;
}

const CONTROLS: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function assign(variables: Record<string, string>, word: string): void {
  const cut = word.indexOf('=');
  if (cut > 0) variables[word.slice(0, cut)] = word.slice(cut + 1);
}
