import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import { readVersion } from '../../../../../shared/kanidmd/read-output';
import { effectiveConfig } from '../../../../../shared/server-config/effective-config';
import { readServerConfig } from '../../../../../shared/server-config/read-server-config';
import type { HelperView } from '../../connection';
import { faultAt } from '../../common/faults';
import { LARGEST_CONFIG } from '../../common/files';
import type { ServerFiles } from '../files/files';
import { showUnit } from '../commands/systemd';
import type { Machine } from '../machine/machine';
import { type Component, walk, type Walk } from '../machine/path-walk';
import { environmentFiles, readProperties } from '../machine/systemctl';
import { whose } from '../machine/whose';
import { runKanidmd } from '../unit/kanidmd';
import { installCommand } from './install';
import { userOf } from './installed';
import { FORMAT, helperPath, parametersShape, variablesOf } from './parameters';
import { readOnlyLines } from './read-only';
import { AS_ROOT, helperText } from './text';

/** Where sudo looks for programs, in its order (sudoers(5), `secure_path` as Debian and Fedora set it). */
const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const USER = /^[a-z_][a-z0-9_-]*$/;

/** What a helper is made from. */
export interface HelperWish {
  /** As the fleet has it: a name or a path. */
  readonly kanidmd: string;
  readonly config: string;
  /** The unit's KANIDM_* variables. */
  readonly overrides: Readonly<Record<string, string>>;
  /** Null: as the unit's environment or the configuration says. */
  readonly database: string | null;
  /** Who is to use it; null: the user who logs in. */
  readonly user: string | null;
}

/**
 * Makes the text of a helper for this server, with what installs it and the lines for sudoers. Changes nothing.
 * @returns `helper-not-possible` where it would not be safe, and why.
 */
export async function makeHelper(
  machine: Machine,
  files: ServerFiles,
  wish: HelperWish,
  signal: AbortSignal,
): Promise<Result<HelperView>> {
  const { where, unit } = machine;
  const not = (message: string, fix: string) => fail(faultAt(where, 'helper-not-possible', message, fix));
  const way = (path: string) => walk((argv, limit) => machine.look(argv, limit), path, signal);
  const service = await machine.serviceUser(signal);
  if (!service.ok) return service;
  if (service.value.identity.uid === 0)
    return not(
      'kanidmd runs as root on this server, so anyone who can write its configuration is root there',
      'Give the service a user of its own (`User=` or `DynamicUser=` in its unit), or log in as root.',
    );
  const user = wish.user === null ? await loginName(machine, signal) : ok(wish.user);
  if (!user.ok) return user;
  if (!USER.test(user.value) || user.value === 'root')
    return not('it is not known who is to use the helper', 'Name the login: --user NAME.');
  const program = await rootsProgram(way, wish.kanidmd);
  if (!program.ok) return program;
  if (program.value === null)
    return not(
      `no ${wish.kanidmd} was found that only root can change`,
      'Install it in a folder of root’s, or write its path into the fleet file.',
    );
  const config = await way(wish.config);
  if (!config.ok) return config;
  if (config.value === null || !rootsFolders(config.value))
    return not(
      `users other than root may write into a folder on the way to ${wish.config} and could put another file there`,
      'Let the folder and all above it belong to root (root:kanidm 0750), and let nobody else write there.',
    );
  const lines = readOnlyLines(user.value, service.value, program.value, wish.config);
  const database = wish.database ?? (await databaseOf(machine, files, program.value, wish, signal));
  if (database === null)
    return not(
      'the configuration cannot be read, so that it is not known where the database is',
      `Say it, --database /var/lib/kanidm/kanidm.db${lines.length === 0 ? '.' : `; or first allow this user to look, with visudo -f /etc/sudoers.d/kanilink:\n${lines.join('\n')}`}`,
    );
  const data = await way(posix.dirname(database));
  if (!data.ok) return data;
  const theirs = data.value === null ? null : whose(data.value.passed, 'change', service.value.identity);
  const unseen = data.value?.exists === false && service.value.dynamic !== null;
  const fits =
    theirs !== null &&
    'uid' in theirs &&
    (unseen || (theirs.uid === service.value.identity.uid && theirs.enter === data.value?.physical));
  if (data.value === null || !fits)
    return not(
      `the folder of ${database} is not the one of kanidmd’s own user, in folders of root’s`,
      'Let it belong to that user, and every folder above it to root.',
    );
  const parameters = parametersShape.safeParse({
    ...{ format: FORMAT, unit, server: where.server, kanidmd: program.value },
    ...{ config: wish.config, file: config.value.physical },
    ...{ database, data: data.value.physical },
    variables: variablesOf(wish.overrides),
    environment: await environmentOf(machine, signal),
    user: userOf(service.value),
  });
  if (!parameters.success)
    return not(
      `a name, a path or a variable of this server holds more than letters, digits and _ . @ + - (a variable also : and /): ${parameters.error.issues[0]?.path.join('.') ?? ''}`,
      'Log in as root, or let this user run every command by sudo without a password.',
    );
  const text = helperText(parameters.data);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const path = helperPath(unit);
  const sudoers = `${user.value} ALL=(root) NOPASSWD: ${path}`;
  return ok({
    ...{ path, text, sha256, sudoers, warning: AS_ROOT, readOnly: lines },
    install: installCommand({ path, text, sha256, sudoers, unit, user: user.value }),
  });
}

/** The database this kanidmd has by its configuration and its unit's variables; null: neither that can be read names it. */
async function databaseOf(
  machine: Machine,
  files: ServerFiles,
  program: string,
  { config, overrides }: HelperWish,
  signal: AbortSignal,
): Promise<string | null> {
  const read = await files.read(config, LARGEST_CONFIG, signal);
  const said = read.ok ? readServerConfig(read.value.bytes, { server: machine.where.server }) : null;
  // A file that cannot be read is as one that says nothing: a variable names the database all the same.
  if (said?.ok !== true) return overrides['KANIDM_DB_PATH'] ?? null;
  const printed = await runKanidmd(machine, program, ['version'], config, signal);
  const version = printed.ok ? readVersion(printed.value) : null;
  return effectiveConfig(said.value, overrides, version?.ok === true ? version.value : null).dbPath;
}

type Way = (path: string) => Promise<Result<Walk | null>>;

const rootsFolders = ({ passed }: Walk): boolean => {
  const verdict = whose(
    passed.filter((it: Component) => it.kind === 'folder' || it.kind === 'link'),
    'change',
    null,
  );
  return 'uid' in verdict && verdict.uid === 0;
};

/** The program sudo would run, when it and every folder above it are root's and nobody else may write there; else null. */
async function rootsProgram(way: Way, program: string): Promise<Result<string | null>> {
  const candidates = program.startsWith('/') ? [program] : FOLDERS.map((folder) => `${folder}/${program}`);
  for (const path of candidates) {
    const found = await way(path);
    if (!found.ok) return found;
    const last = found.value?.passed.at(-1);
    if (found.value?.exists !== true || last === undefined) continue;
    const verdict = whose(found.value.passed, 'read', null);
    const safe = 'uid' in verdict && verdict.uid === 0 && last.kind === 'file' && last.uid === 0;
    // sudo takes the first one it finds: a later one would not be what runs.
    return ok(safe && (last.mode & 0o022) === 0 ? path : null);
  }
  return ok(null);
}

async function loginName(machine: Machine, signal: AbortSignal): Promise<Result<string>> {
  const told = await machine.run(['id', '-un'], signal);
  return told.ok ? ok(told.value.stdout.trim()) : told;
}

async function environmentOf(machine: Machine, signal: AbortSignal): Promise<readonly string[]> {
  const argv = showUnit(machine.unit, ['EnvironmentFiles']);
  const shown = await machine.run(argv, signal);
  return shown.ok ? environmentFiles(readProperties(shown.value.stdout)['EnvironmentFiles'] ?? '') : [];
}
