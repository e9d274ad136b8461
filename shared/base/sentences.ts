/** The text as a sentence that others can follow: with a full stop where it ends in a letter, a digit or a bracket. */
export const ended = (text: string): string => (/[\p{L}\p{N})\]”’"`'}]$/u.test(text) ? `${text}.` : text);

/**
 * What happened and what to do, on one line.
 * @param told of a fault or a problem; its message may be no whole sentence: `unix:///run/docker.sock: there is no such socket`.
 */
export const messageAndFix = ({
  message,
  fix,
}: {
  readonly message: string;
  readonly fix: string;
}): string => (fix === '' ? message : `${ended(message.trimEnd())} ${fix}`);

/** `1 step`, `2 steps`. */
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** `2.1 MB` of bytes, to be read by people. */
export function bytesInWords(bytes: number): string {
  if (bytes < 1000) return count(bytes, 'byte');
  const unit = Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** unit;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${['bytes', 'kB', 'MB', 'GB'][unit] ?? ''}`;
}
