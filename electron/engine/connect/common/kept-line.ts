/** A line of a log is kept up to this; a server must not fill the memory of its readers. Bytes. */
export const KEPT_LINE = 4_096;

/** Stands at the end of a line that was longer. */
export const CUT_MARK = ' … (cut: the line is longer than 4 kB)';

/**
 * The text of a line as it is kept.
 * @param bytes the line, or as much of it as was held: {@link KEPT_LINE} is enough.
 * @param cut there was more than `bytes`.
 */
export function keptLine(bytes: Buffer, cut = false): string {
  if (!cut && bytes.length <= KEPT_LINE) return bytes.toString('utf8');
  // A character that was cut in two is left out.
  const text = bytes.toString('utf8', 0, KEPT_LINE).replace(/\ufffd{1,3}$/, '');
  return `${text}${CUT_MARK}`;
}
