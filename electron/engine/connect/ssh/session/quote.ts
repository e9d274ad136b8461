import { shellWord } from '../../../../../shared/base/shell-word';

/**
 * One command line for the server's login shell, such that the shell hands the program exactly these arguments
 * (`shellWord`). The protocol carries one string (RFC 4254, 6.5), so there is no way round the shell.
 * @returns null when an argument holds a NUL byte, which no argument can, or there is no program.
 */
export function quote(argv: readonly string[]): string | null {
  if (argv.length === 0 || argv.some((argument) => argument.includes('\0'))) return null;
  return argv.map(shellWord).join(' ');
}
