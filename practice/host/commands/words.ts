/** What a login shell would make of a command line, if it is one plain command. */
export type Words =
  { readonly ok: true; readonly words: readonly string[] } | { readonly ok: false; readonly message: string };

/**
 * Splits a command line into words as a POSIX shell does (XCU 2.2 Quoting): single quotes, double quotes and
 * backslashes. Whatever would need a shell (pipes, redirections, expansions, globs, a second command) is refused:
 * a practice machine has no shell, so a badly quoted argument shows at once instead of running something else.
 *
 * @returns the words, or why the line is not one plain command.
 */
export function splitWords(line: string): Words {
  const words: string[] = [];
  let word: string | null = null;
  let at = 0;
  while (at < line.length) {
    const char = line.charAt(at);
    if (char === ' ' || char === '\t') {
      if (word !== null) words.push(word);
      word = null;
      at += 1;
    } else if (char === "'") {
      const end = line.indexOf("'", at + 1);
      if (end < 0) return refuse('Unterminated quoted string');
      word = (word ?? '') + line.slice(at + 1, end);
      at = end + 1;
    } else if (char === '"') {
      const quoted = readDoubleQuoted(line, at + 1);
      if (typeof quoted === 'string') return refuse(quoted);
      word = (word ?? '') + quoted.text;
      at = quoted.next;
    } else if (char === '\\') {
      if (at + 1 >= line.length) return refuse('a backslash ends the line');
      // A backslash before a newline joins the lines and stands for nothing.
      if (line.charAt(at + 1) !== '\n') word = (word ?? '') + line.charAt(at + 1);
      at += 2;
    } else if (SHELL_ONLY.includes(char) || (word === null && (char === '~' || char === '#'))) {
      return refuse(`unquoted ${JSON.stringify(char)} needs a shell`);
    } else {
      word = (word ?? '') + char;
      at += 1;
    }
  }
  if (word !== null) words.push(word);
  return { ok: true, words };
}

const SHELL_ONLY = '|&;<>()$`*?[\n\r';

/** Inside double quotes a backslash escapes only these. */
const ESCAPED_IN_DOUBLE_QUOTES = '$`"\\';

function readDoubleQuoted(line: string, start: number): { text: string; next: number } | string {
  let text = '';
  let at = start;
  while (at < line.length) {
    const char = line.charAt(at);
    if (char === '"') return { text, next: at + 1 };
    if (char === '$' || char === '`') return `${JSON.stringify(char)} in double quotes needs a shell`;
    if (char === '\\' && ESCAPED_IN_DOUBLE_QUOTES.includes(line.charAt(at + 1)) && at + 1 < line.length) {
      text += line.charAt(at + 1);
      at += 2;
    } else {
      text += char;
      at += 1;
    }
  }
  return 'Unterminated quoted string';
}

function refuse(message: string): Words {
  return { ok: false, message };
}
