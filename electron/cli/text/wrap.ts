/** The colours of paint.ts take no room. */
const colours = /\u001B\[\d+m/g;
/** Lines whose form means something: of a diff, of evidence, of code. */
const verbatim = /^\s*(?:[+|]|-(?!-\w)|@@|\$ )/;
/** A terminal that says it is narrower is not believed: words would stand one below the other. */
const LEAST = 20;

/**
 * Text for a terminal of so many columns: a line that is longer goes on below, between two words, under the column where its
 * own text begins. Lines of diffs and evidence stay as they are, and so does a word without a space: it may be copied.
 * @param columns null: no terminal; nothing is changed
 */
export function wrap(text: string, columns: number | null): string {
  if (columns === null || columns < LEAST) return text;
  return text
    .split('\n')
    .map((line) => wrapLine(line, columns))
    .join('\n');
}

function wrapLine(line: string, columns: number): string {
  if (width(line) <= columns || verbatim.test(line.replaceAll(colours, ''))) return line;
  const hang = ' '.repeat(hangOf(line.replaceAll(colours, ''), columns));
  const lines: string[] = [];
  let now = '';
  for (const word of line.split(/(?<=\S)(?=\s)/)) {
    const begun = now.trim() !== '';
    if (begun && width(now + word) > columns) {
      lines.push(now);
      now = hang + word.trimStart();
    } else now += word;
  }
  return [...lines, now].join('\n');
}

/** Where the text of a line begins: after its last gap of two spaces and more, if that leaves half of the room. */
function hangOf(line: string, columns: number): number {
  const indentation = line.length - line.trimStart().length;
  const gaps = [...line.matchAll(/\S {2,}(?=\S)/g)].map((gap) => gap.index + gap[0].length);
  return gaps.filter((at) => at <= columns / 2).at(-1) ?? Math.min(indentation + 2, columns / 2);
}

const width = (text: string): number => [...text.replaceAll(colours, '')].length;
