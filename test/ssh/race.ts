import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Somebody on the server, by number. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Runs a Perl loop as an account without further groups, beside some work, and ends it. What it left is looked at only
 * once its process is gone.
 */
export async function race({ uid, gid }: Account, script: string, work: () => Promise<void>): Promise<void> {
  const loop = spawn('setpriv', [
    ...[`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--', 'perl', '-e', script],
  ]);
  const gone = once(loop, 'exit');
  try {
    await work();
  } finally {
    loop.kill('SIGKILL');
    await gone;
  }
}
