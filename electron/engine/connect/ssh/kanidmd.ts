import { fail, ok, type Result } from '../../../../shared/result';
import type { Output } from '../connection';
import { faultAt } from './faults';
import type { Machine } from './machine';

/** Subcommands that take no config: they only say what the program is. */
const WITHOUT_CONFIG = new Set(['version', 'help', '--help', '--version']);

/** A path, or a plain name: a shell takes others for more than a program's name, even in quotes (`%1` is a job of bash's). */
const PROGRAM = /^(?:\/[^\0]*|[A-Za-z0-9_][A-Za-z0-9_.+-]*)$/;

/**
 * Runs the server's kanidmd with the server's own config, `-c` after the subcommand and its arguments. What it printed is
 * the caller's to judge, exit code included (`kanidm.md`); only a program that did not run at all is a fault.
 */
export async function runKanidmd(
  machine: Machine,
  program: string,
  args: readonly string[],
  config: string,
  signal: AbortSignal,
): Promise<Result<Output>> {
  const notFound = (detail: string) =>
    fail(
      faultAt(
        machine.at,
        'kanidmd-not-found',
        `${program} cannot be run on the server`,
        'Write its path into the fleet file: kanidmd = "/usr/sbin/kanidmd".',
        { detail },
      ),
    );
  if (!PROGRAM.test(program)) return notFound('This is neither a path nor a plain name.');
  const bare = args.length === 0 || WITHOUT_CONFIG.has(args[0] ?? '') || args.includes('--help');
  const argv = [program, ...args, ...(bare ? [] : ['-c', config])];
  const output = await machine.runAsRoot(argv, signal);
  if (!output.ok) return output;
  const { exitCode, stderr } = output.value;
  const missing =
    exitCode === 127 || exitCode === 126 || (exitCode === 1 && /^sudo: .*command not found/m.test(stderr));
  if (!missing) return ok(output.value);
  return notFound(stderr.trim());
}
