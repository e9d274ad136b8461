/** Replaces the characters from `start` up to `end`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Whole tables: they come after lines that are inserted at the same place, which belong to the table above. */
  readonly table?: true;
}

/** Applies edits; insertions at one place keep their order, tables last; what two removals share goes once. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const parts: string[] = [];
  let done = 0;
  for (const edit of [...edits].sort(inOrder)) {
    parts.push(text.slice(done, Math.max(done, edit.start)), edit.text);
    done = Math.max(done, edit.end);
  }
  parts.push(text.slice(done));
  return parts.join('');
}

const inOrder = (a: TextEdit, b: TextEdit): number =>
  a.start - b.start || a.end - b.end || Number(a.table ?? false) - Number(b.table ?? false);

/** True when both could not be made from one reading of the text. Insertions at one place can. */
export function conflict(a: TextEdit, b: TextEdit): boolean {
  if (a.start === a.end && b.start === b.end) return false;
  if (a.start === a.end || b.start === b.end) return a.start <= b.end && b.start <= a.end;
  return a.start < b.end && b.start < a.end;
}

/** The start of the line `offset` is on. */
export const lineStart = (text: string, offset: number): number =>
  offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;

/** The start of the next line, or the end of the text. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end + 1;
}

/** True when the line that starts here has nothing but white space; the end of the text is no line. */
export const isBlank = (text: string, start: number): boolean =>
  start < text.length && text.slice(start, nextLine(text, start)).trim() === '';

/** True when the line that starts here is a comment. */
export const isComment = (text: string, start: number): boolean =>
  text.slice(start, nextLine(text, start)).trimStart().startsWith('#');

/**
 * The start of the first of the comment lines right above the line that starts here; itself when there are none.
 * @param floor where the lines above belong to something else, whose last line may look like a comment.
 */
export function commentsAbove(text: string, start: number, floor: number): number {
  let first = start;
  while (first > floor) {
    const above = lineStart(text, first - 1);
    if (above < floor || !isComment(text, above)) break;
    first = above;
  }
  return first;
}

/**
 * The end of what belongs to the lines before `start`: comment lines that follow at once belong to them, unless they
 * touch something below, which they are then about.
 */
export function commentsBelow(text: string, start: number): number {
  let end = start;
  while (end < text.length && isComment(text, end)) end = nextLine(text, end);
  return end === text.length || isBlank(text, end) ? end : start;
}

/** The start of the first of the blank lines right above the line that starts here; itself when there are none. */
export function blanksAbove(text: string, start: number): number {
  let first = start;
  while (first > 0 && isBlank(text, lineStart(text, first - 1))) first = lineStart(text, first - 1);
  return first;
}

/** How many blank lines stand right above the line that starts here. */
export const blankLinesAbove = (text: string, start: number): number =>
  text.slice(blanksAbove(text, start), start).split('\n').length - 1;

/**
 * Inserts whole lines at the start of a line, with the line ending of the line above, else of the one below. Where the
 * file ends without a line ending, so does the result.
 * @param at the start of a line, or the end of the text.
 */
export function insertLines(text: string, at: number, lines: readonly string[]): TextEdit {
  const unfinished = at === text.length && at > 0 && text[at - 1] !== '\n';
  const eol = lineEnding(text, at);
  const joined = lines.join(eol);
  return { start: at, end: at, text: unfinished ? eol + joined : joined + eol };
}

/**
 * Removes whole lines with the blank lines above them; at the top of the file, those below. Where the file ends without
 * a line ending, it still does.
 */
export function removeBlock(text: string, start: number, end: number): TextEdit {
  const first = blanksAbove(text, start);
  let last = end;
  if (first === 0) while (isBlank(text, last)) last = nextLine(text, last);
  return { start: endingAtEnd(text, first, last), end: last, text: '' };
}

/** Removes the lines from `start` up to `end`, nothing around them. */
export const removeLines = (text: string, start: number, end: number): TextEdit => ({
  start: endingAtEnd(text, start, end),
  end,
  text: '',
});

/** How the nearest line above an offset ends, else the nearest below. */
function lineEnding(text: string, at: number): '\n' | '\r\n' {
  const above = at === 0 ? -1 : text.lastIndexOf('\n', at - 1);
  const near = above === -1 ? text.indexOf('\n', at) : above;
  return near > 0 && text[near - 1] === '\r' ? '\r\n' : '\n';
}

/** When the last, unfinished line goes, the line ending before it goes too. */
function endingAtEnd(text: string, start: number, end: number): number {
  if (end < text.length || text.endsWith('\n') || start === 0) return start;
  return text.endsWith('\r\n', start) ? start - 2 : start - 1;
}
