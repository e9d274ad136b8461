/**
 * One argument as a POSIX shell reads it back: in single quotes, in which no character has a meaning (XCU 2.2.2), and a
 * single quote as `'\''`. Words of letters, digits and a few marks need no quotes, and read better.
 * @param text without NUL bytes, which no argument can hold.
 */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:,@%+=-]+$/.test(text) && !/^[^/]*=/.test(text)
    ? text
    : `'${text.replaceAll("'", "'\\''")}'`;
}
