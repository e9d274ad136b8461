import { randomBytes } from 'node:crypto';
import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import { type ServerPlace, faultAt } from '../../common/faults';
import { pause, settle } from '../../common/limits';
import { asText, run } from './run';
import type { SshSession } from './session';
import type { Output } from '../../connection';

/** A shell that starts takes a moment; a forced program that waits for input takes for ever. */
const LIMIT_MS = 15_000;
/** Nobody prints more before a command. */
const MOST_OUTPUT = 64 * 1024;
/** Characters of what was printed that are shown. */
const SHOWN = 300;

/**
 * Looks once per connection whether a command runs as it is sent: every answer is read from what a program prints, and
 * between it and the server stands the login shell (RFC 4254, 6.5). `date` echoes a word nobody can know.
 * @returns `shell-noise` where a start-up file prints something too, `login-shell-refuses` where the account has no shell,
 * `forced-command` where sshd runs another program than the one that was asked for.
 */
export async function checkShell(session: SshSession, signal: AbortSignal): Promise<Result<void>> {
  const mark = `kanilink-${randomBytes(8).toString('hex')}`;
  const said = await quickly(session, ['date', `+${mark}`], signal);
  if (!said.ok) return said;
  if (said.value === null) return fail(forcedCommand(session.where, `no answer within ${LIMIT_MS / 1000} s`));
  const { stdout, stderr, exitCode } = said.value;
  if (stdout === `${mark}\n` || stdout === `${mark}\r\n`) return ok(undefined);
  if (stdout.includes(mark)) {
    const shell = await quickly(session, ['sh', '-c', 'echo; echo "$SHELL"'], signal);
    const name =
      shell.ok && shell.value !== null ? (shell.value.stdout.trimEnd().split('/').pop() ?? '') : '';
    return fail(shellNoise(session.where, name, stdout.replace(mark, '').trim()));
  }
  const words = `${stdout}${stderr}`.trim();
  return fail(
    refusesLogin(exitCode, words)
      ? loginShellRefuses(session.where, words)
      : forcedCommand(session.where, words || `nothing was printed; exit code ${exitCode ?? 'none'}`),
  );
}

/** Null: it did not end in time. */
async function quickly(
  session: SshSession,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<Result<Output | null>> {
  const stop = new AbortController();
  const late: Promise<Result<Output | null>> = pause(LIMIT_MS, stop.signal).then(() => ok(null));
  const ran = run(session, argv, signal, { maxBytes: MOST_OUTPUT }).then((raw): Result<Output | null> =>
    raw.ok ? ok(asText(raw.value)) : raw,
  );
  const first = await settle<Output | null>(
    [signal, session.ended],
    (done) => void Promise.race([ran, late]).then(done),
  );
  stop.abort();
  return first;
}

/** `nologin` says so and ends with 1 (nologin(8)), `false` ends with 1 without a word. */
const refusesLogin = (exitCode: number | null, words: string): boolean =>
  (exitCode === 1 && words === '') ||
  /account is (?:currently )?not available|nologin|not allowed to log ?in/i.test(words);

/** Where shells read commands that are not typed (bash(1), zsh(1), fish(1), tcsh(1)). */
const startUpFiles: Readonly<Record<string, string>> = {
  bash: '~/.bashrc',
  zsh: '~/.zshenv',
  fish: '~/.config/fish/config.fish',
  tcsh: '~/.tcshrc or ~/.cshrc',
  csh: '~/.cshrc',
};

function shellNoise(where: ServerPlace, shell: string, printed: string): Fault {
  const file = startUpFiles[shell] ?? 'the start-up file of the login shell (~/.bashrc, ~/.zshenv)';
  return faultAt(
    where,
    'shell-noise',
    `${file} on the server prints something before every command, which makes all answers unreadable (SFTP’s too)`,
    `Print there only when somebody types: \`[[ $- == *i* ]] || return\` at the top of ~/.bashrc, or move it to the file for interactive shells.`,
    { detail: printed.slice(0, SHOWN), file },
  );
}

const loginShellRefuses = (where: ServerPlace, words: string): Fault =>
  faultAt(
    where,
    'login-shell-refuses',
    'this account may not run commands: its login shell ends at once',
    'Give it a shell (usermod --shell /bin/sh USER), or connect as another user.',
    { detail: words.slice(0, SHOWN) },
  );

const forcedCommand = (where: ServerPlace, words: string): Fault =>
  faultAt(
    where,
    'forced-command',
    'the server runs another program than the one that was asked for',
    'Look at ForceCommand in sshd_config, at command="…" before this key in authorized_keys, and at the login shell; use a key and an account without them.',
    { detail: words.slice(0, SHOWN) },
  );
