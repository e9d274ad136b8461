import { execFile } from 'node:child_process';
import { fail, ok, type Result } from '../../../shared/base/result';

/** What a program in KANILINK_ASK is asked for, its first argument. */
export type Asked = 'password' | 'passphrase' | 'answer' | 'host-key' | 'bare-engine' | 'trust';

/** An answer is a line; more is a mistake. */
const LONGEST_ANSWER = 64 * 1024;

/**
 * Runs the program with the question as arguments and takes its first line of output as the answer. Exit codes other
 * than 0 decline. Its standard error goes nowhere: it might repeat the secret.
 */
export function askProgram(
  program: string,
  question: readonly [Asked, string],
  limitMs: number,
  signal: AbortSignal,
): Promise<Result<string>> {
  return new Promise((resolve) => {
    const options = { timeout: limitMs, signal, maxBuffer: LONGEST_ANSWER, windowsHide: true } as const;
    execFile(program, [...question], options, (error, stdout) => {
      if (error === null) resolve(ok(stdout.split(/\r?\n/, 1)[0] ?? ''));
      else
        resolve(
          fail({
            code: 'ask-program-failed',
            message: `KANILINK_ASK (${program}) gave no answer for the ${question[0]}: ${reason(error, limitMs)}.`,
            fix: 'Make it print the answer on one line and exit with 0.',
            where: {},
          }),
        );
    });
  });
}

function reason(error: Error & { code?: unknown; killed?: boolean }, limitMs: number): string {
  if (error.code === 'ENOENT') return 'there is no such program';
  if (error.code === 'EACCES') return 'it is not executable';
  if (error.name === 'AbortError') return 'it was cancelled';
  if (error.killed === true) return `it took over ${Math.round(limitMs / 1000)} s`;
  return typeof error.code === 'number' ? `it exited with ${error.code}` : 'it failed';
}
