/**
 * One command line for the server's login shell, such that the shell hands the program exactly these arguments: each
 * argument in single quotes, in which POSIX gives no character a meaning (XCU 2.2.2), and a single quote as `'\''`.
 * The protocol carries one string (RFC 4254, 6.5), so there is no way round the shell.
 * @returns null when an argument holds a NUL byte, which no argument can, or there is no program.
 */
export function quote(argv: readonly string[]): string | null {
  if (argv.length === 0 || argv.some((argument) => argument.includes('\0'))) return null;
  return argv.map(quoteOne).join(' ');
}

/** Words of letters, digits and a few marks need no quotes, and read better in the server's own logs. */
function quoteOne(argument: string): string {
  return /^[A-Za-z0-9_./:,@%+=-]+$/.test(argument) && !/^[^/]*=/.test(argument)
    ? argument
    : `'${argument.replaceAll("'", "'\\''")}'`;
}
