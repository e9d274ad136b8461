/** A pattern of OpenSSH: `*` and `?`; everything else is literal, brackets too, for they belong to `[host]:port`. */
export const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
