import { posix } from 'node:path';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import { kanidmdArguments } from '../../common/kanidmd-arguments';
import type { Output } from '../../connection';
import { faultAt } from '../../common/faults';
import { ROOT } from '../machine/identity';
import type { Machine } from '../machine/machine';
import type { RunOptions } from '../session/run';
import type { Variables } from './unit-environment';
import { walk } from '../machine/path-walk';
import type { ServiceUser } from '../machine/service-user';
import { whose } from '../machine/whose';

/** A path, or a plain name: a shell takes others for more than a program's name, even in quotes (`%1` is a job of bash's). */
const PROGRAM = /^(?:\/[^\0]*|[A-Za-z0-9_][A-Za-z0-9_.+-]*)$/;

/**
 * Runs the server's kanidmd with the server's own config, `-c` after the subcommand and its arguments. What it printed is
 * the caller's to judge, exit code included (`kanidm.md`, "Exit codes"); only a program that did not run at all is a fault.
 *
 * It runs as the user who runs the service, whom its admin socket answers (`kanidm.md`, "Admin socket"): never as root, for root would do
 * what a file says that somebody else may write (`adminbindpath` is deleted, `db_path` made). Only where the service itself
 * is root's does it run as root, and then only with a program and a file that nobody else can change.
 *
 * It gets the unit's own KANIDM_* variables: without them a file that leaves domain and origin to the unit (as Debian's
 * does) is refused. A line of sudoers names no variables, so there the refusal says so.
 * @param writable a folder it writes into, beside the service's own.
 * @param environment the unit's KANIDM_* variables.
 * @param options how it is run, where not as most are.
 */
export async function runKanidmd(
  machine: Machine,
  program: string,
  args: readonly string[],
  config: string,
  signal: AbortSignal,
  writable: string | null = null,
  environment: Variables = {},
  options?: RunOptions,
): Promise<Result<Output>> {
  const notFound = (detail: string) =>
    fail(
      faultAt(
        machine.where,
        'kanidmd-not-found',
        `${program} cannot be run on the server`,
        'Write its path into the fleet file: kanidmd = "/usr/sbin/kanidmd".',
        { detail },
      ),
    );
  if (!PROGRAM.test(program)) return notFound('This is neither a path nor a plain name.');
  const said = kanidmdArguments(args, config);
  const bare = said.length === args.length;
  const rights = await machine.rights(signal);
  if (!rights.ok) return rights;
  const variables = bare ? [] : Object.entries(environment).filter(([name]) => name !== 'KANIDM_CONFIG');
  const passed = rights.value.kind === 'restricted' ? [] : variables.map(([name, it]) => `${name}=${it}`);
  const argv = [...(passed.length === 0 ? [] : ['env', ...passed]), program, ...said];
  const who = await kanidmdUser(machine, [program, ...(bare ? [] : [config])], bare, signal);
  if (!who.ok) return who;
  const output =
    who.value === 'login'
      ? await machine.run(argv, signal, options)
      : bare && who.value.identity.uid >= 0
        ? await machine.as(who.value.identity, argv, signal, options)
        : await machine.asService(who.value, argv, signal, writable, options);
  if (!output.ok) return output;
  const { exitCode, stderr, stdout } = output.value;
  if (passed.length < variables.length && /was not set/.test(`${stdout}${stderr}`))
    return fail(
      faultAt(
        machine.where,
        'environment-not-passed',
        `kanidmd misses what only the unit sets (${variables.map(([name]) => name).join(', ')}), and a line of sudoers cannot give it`,
        'Write domain and origin into server.toml, or connect as root or as a user with full sudo.',
        { detail: stderr.trim() },
      ),
    );
  const missing =
    exitCode === 127 || exitCode === 126 || (exitCode === 1 && /^sudo: .*command not found/m.test(stderr));
  if (!missing) return ok(output.value);
  return notFound(stderr.trim());
}

/**
 * As whom kanidmd is run.
 * @param files what must be root's alone where that is root.
 * @param bare it is only asked what it is, which anybody may.
 */
export async function kanidmdUser(
  machine: Machine,
  files: readonly string[],
  bare: boolean,
  signal: AbortSignal,
): Promise<Result<ServiceUser | 'login'>> {
  const rights = await machine.rights(signal);
  if (!rights.ok) return rights;
  if (rights.value.kind === 'own') return ok(ROOTS_OWN);
  if (rights.value.kind === 'restricted' && bare) return ok('login');
  const service = await machine.serviceUser(signal);
  if (!service.ok) return service;
  const { identity } = service.value;
  if (identity.uid !== 0) return ok(service.value);
  for (const file of files.filter((it) => posix.isAbsolute(it))) {
    const way = await walk((argv, limit) => machine.look(argv, limit), file, signal);
    if (!way.ok) return way;
    const last = way.value?.passed.at(-1);
    const verdict = way.value === null ? null : whose(way.value.passed, 'read', null);
    const roots = verdict !== null && 'uid' in verdict && verdict.uid === 0;
    const alone =
      way.value?.exists === false ||
      (last?.kind === 'file' &&
        last.uid === 0 &&
        (last.mode & (last.gid === 0 && last.listed !== true ? 0o002 : 0o022)) === 0);
    if (!roots || !alone)
      return fail(
        faultAt(
          machine.where,
          'not-roots-alone',
          `kanidmd runs as root on this server, and somebody else can change ${file}, which makes them root there`,
          'Let the file and every folder above it belong to root, writable by nobody else; or give the service a user of its own (`User=` in its unit).',
          { file },
        ),
      );
  }
  return ok(ROOTS_OWN);
}

const ROOTS_OWN: ServiceUser = { identity: ROOT, dynamic: null };
