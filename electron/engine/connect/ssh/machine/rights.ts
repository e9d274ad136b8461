import { fail, ok, type Result } from '../../../../../shared/base/result';
import { faultAt, type ServerPlace } from '../../common/faults';
import type { RawOutput } from '../session/run';

/** What the user who logged in may do on the server. */
export interface Rights {
  /** The login's own uid. */
  readonly uid: number;
  /**
   * `root`: logged in as root, or sudo runs everything without a password. `own`: nothing but what this user may.
   * `restricted`: sudo is asked for, and runs only what was allowed one by one.
   */
  readonly kind: 'root' | 'own' | 'restricted';
  /** Put before a program that is to run as root; null: there is no way. */
  readonly asRoot: readonly string[] | null;
}

/** Without the dashes a program named like an option, or like an assignment, would be sudo's. */
export const SUDO = ['sudo', '-n', '--'] as const;

type Raw = (argv: readonly string[]) => Promise<Result<RawOutput>>;

/**
 * Finds out what the login may do: who it is, and whether sudo makes root of it without a password.
 * @param sudo the fleet asks for sudo.
 */
export async function findRights(where: ServerPlace, sudo: boolean, run: Raw): Promise<Result<Rights>> {
  const uid = await readUid(where, ['id', '-u'], run);
  if (!uid.ok) return uid;
  if (uid.value === 0) return ok({ uid: 0, kind: 'root', asRoot: [] });
  if (!sudo) return ok({ uid: uid.value ?? -1, kind: 'own', asRoot: null });
  const raised = await run([...SUDO, 'id', '-u']);
  if (!raised.ok) return raised;
  const missing = sudoMissing(where, raised.value);
  if (missing !== null) return fail(missing);
  const said = raised.value.stdout.toString('utf8').trim();
  if (raised.value.exitCode !== 0) return ok({ uid: uid.value ?? -1, kind: 'restricted', asRoot: null });
  // A sudo that makes nobody root (a practice machine's, away from root) changes nothing.
  return ok(
    said === '0'
      ? { uid: uid.value ?? -1, kind: 'root', asRoot: SUDO }
      : { uid: uid.value ?? -1, kind: 'own', asRoot: SUDO },
  );
}

/** Null: `id` says nothing of the kind. */
async function readUid(
  where: ServerPlace,
  argv: readonly string[],
  run: Raw,
): Promise<Result<number | null>> {
  const said = await run(argv);
  if (!said.ok) return said;
  const text = said.value.stdout.toString('utf8').trim();
  if (said.value.exitCode === 0 && /^\d{1,10}$/.test(text)) return ok(Number(text));
  return fail(
    faultAt(
      where,
      'login-unusable',
      'the login runs no programs: `id -u` does not say who it is',
      'Give this user a login shell that runs what it is told, without a forced command.',
      { detail: `${text}\n${said.value.stderr.toString('utf8')}`.trim().slice(0, 500) },
    ),
  );
}

function sudoMissing(where: ServerPlace, output: RawOutput) {
  const said = output.stderr.toString('utf8');
  if (output.exitCode !== 127 || !/sudo: (command )?not found|sudo: No such file/.test(said)) return null;
  return faultAt(where, 'sudo-missing', 'there is no sudo on the server', 'Install it, or connect as root.', {
    detail: said.trim(),
  });
}
