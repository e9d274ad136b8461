import { fail, ok, type Result } from '../../../../../shared/base/result';
import { type ServerPlace, faultAt } from '../../common/faults';
import { HIDDEN } from './log-stream';
import { run } from '../session/run';
import type { SshSession } from '../session/session';

/**
 * How the journal of a unit is read: without sudo wherever the user who logged in may (the group systemd-journal,
 * systemd-journald(8)), for no line in sudoers could name a place in a journal.
 *
 * journalctl says in its plain output that it hides something. Printing JSON it is quiet about it, exits 0 and shows
 * nothing of the unit (measured on 252). So it is asked for no lines in plain first.
 * @param prefix `sudo -n --`, or nothing.
 * @returns what to put before `journalctl`; `journal-not-readable` where neither way is open.
 */
export async function journalPrefix(
  session: SshSession,
  where: ServerPlace,
  unit: string,
  prefix: readonly string[],
  signal: AbortSignal,
): Promise<Result<readonly string[]>> {
  const asked = await run(session, ['journalctl', '--no-pager', '--lines=0', `--unit=${unit}`], signal);
  if (!asked.ok) return asked;
  const stderr = asked.value.stderr.toString('utf8');
  const hidden = HIDDEN.test(stderr);
  if (!hidden && asked.value.exitCode === 0) return ok([]);
  if (!hidden || prefix.length > 0) return ok(prefix);
  return fail(notReadable(where, stderr.trim()));
}

/** Silence that proves nothing. */
export const notReadable = (where: ServerPlace, detail: string) =>
  faultAt(
    where,
    'journal-not-readable',
    'the journal may not be read by this user',
    'Add the user to the group systemd-journal (usermod -aG systemd-journal USER), or set `sudo = true` for this server.',
    { detail },
  );
