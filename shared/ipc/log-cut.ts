import type { LogLineView } from '.';

/** Characters of a raw line that are kept: a server.toml that does not parse is printed on one line (`kanidm.md`, "What commands print"). */
const LONGEST_LINE = 2000;

/** A line as it is held and shown: of a very long one the beginning. */
export function cutLine(line: LogLineView): LogLineView {
  return line.raw.length > LONGEST_LINE ? { ...line, raw: `${line.raw.slice(0, LONGEST_LINE)}…` } : line;
}

/** What a styled stretch takes, in characters. */
const STYLED = 60;

/** Characters that a line holds. */
export const sizeOfLine = (line: LogLineView): number =>
  line.raw.length + line.meaning.length + line.key.length + STYLED * (line.styles?.length ?? 0);
