import { fail, ok, type Result } from '../../../../shared/result';
import type { Output } from '../connection';
import { faultAt } from './faults';
import type { Machine } from './machine';

/** Subcommands that take no config: they only say what the program is. */
const WITHOUT_CONFIG = new Set(['version', 'help', '--help', '--version']);

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
  const bare = args.length === 0 || WITHOUT_CONFIG.has(args[0] ?? '') || args.includes('--help');
  const argv = [program, ...args, ...(bare ? [] : ['-c', config])];
  const output = await machine.runAsRoot(argv, signal);
  if (!output.ok) return output;
  const { exitCode, stderr } = output.value;
  const missing =
    exitCode === 127 || exitCode === 126 || (exitCode === 1 && /^sudo: .*command not found/m.test(stderr));
  if (!missing) return ok(output.value);
  return fail(
    faultAt(
      machine.at,
      'kanidmd-not-found',
      `${program} cannot be run on the server`,
      'Write its path into the fleet file: kanidmd = "/usr/sbin/kanidmd".',
      { detail: stderr.trim() },
    ),
  );
}
