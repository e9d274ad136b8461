import { posix } from 'node:path';
import { readConfigTest } from '../../../../../shared/kanidmd/read-output';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import { stagedCopy } from '../../../../../shared/server-config/staged-copy';
import type { ConfigTest } from '../../connection';
import { faultAt } from '../../common/faults';
import { cleanUpTime } from '../../common/limits';
import { removal } from '../commands/files';
import { freshFolder } from '../files/fresh-folder';
import { type Identity, ROOT } from '../machine/identity';
import { kanidmdUser, runKanidmd } from './kanidmd';
import { RUN, runName } from './lock-place';
import type { Machine } from '../machine/machine';
import { workAt } from '../machine/place';
import { programFiles } from '../files/program-files';
import { makeScratch, type ScratchFolder } from '../files/scratch';
import type { Variables } from './unit-environment';

/**
 * Has the server's own kanidmd read a copy of a configuration whose database and socket lie in a private folder: a plain
 * `configtest` beside a running server would take over its admin socket (`kanidm.md`, "configtest"). The folder is removed.
 * @param config the server's own configuration's path.
 * @param environment the unit's KANIDM_* variables; of them only those that point to no database and no socket are passed.
 */
export async function testConfig(
  machine: Machine,
  program: string,
  config: string,
  bytes: Uint8Array,
  signal: AbortSignal,
  environment: Variables = {},
): Promise<Result<ConfigTest>> {
  const who = await kanidmdUser(machine, [program, config], false, signal);
  if (!who.ok) return who;
  const user = who.value === 'login' ? ROOT : who.value.identity;
  const folder =
    user.uid === 0
      ? await makeScratch(machine, posix.dirname(config), signal)
      : await givenFolder(machine, user, signal);
  if (!folder.ok) return folder;
  const tested = await testIn(folder.value.path, machine, user, program, bytes, signal, environment);
  const removed = await folder.value.remove(cleanUpTime());
  return tested.ok && !removed.ok ? removed : tested;
}

/** A folder of the service's own user, in one that only root may change: what they put into it leads nobody else anywhere. */
async function givenFolder(
  machine: Machine,
  user: Identity,
  signal: AbortSignal,
): Promise<Result<ScratchFolder>> {
  const work = await workAt(machine, `${RUN}/${runName(machine.unit)}-test`, 'change', signal);
  if (!work.ok) return work;
  const made = await freshFolder(machine, work.value.who, work.value.path, signal);
  if (!made.ok) return made;
  const { path } = made.value;
  const given = await machine.as(
    work.value.who,
    ['chown', '-h', '--', `${user.uid}:${user.gid}`, path],
    signal,
  );
  if (!given.ok || given.value.exitCode !== 0) {
    await machine.as(work.value.who, removal(path), cleanUpTime());
    if (!given.ok) return given;
    return fail(
      faultAt(
        machine.where,
        'file-operation-failed',
        `the folder ${path} could not be given to the user who runs kanidmd`,
        'Look at /run on the server.',
        { file: path, detail: given.value.stderr.trim() },
      ),
    );
  }
  return ok({ path, remove: (limit) => takeBack(machine, work.value.who, user, path, limit) });
}

/** Its owner removes what is in it, for that may be anything by now. Who made the folder then removes it, empty. */
async function takeBack(
  machine: Machine,
  maker: Identity,
  user: Identity,
  path: string,
  signal: AbortSignal,
): Promise<Result<void>> {
  // It cannot remove the folder itself, and says so.
  const emptied = await machine.as(user, removal(path), signal);
  if (!emptied.ok) return emptied;
  const removed = await machine.as(maker, ['rmdir', '--', path], signal);
  if (!removed.ok) return removed;
  if (removed.value.exitCode === 0) return ok(undefined);
  return fail(
    faultAt(
      machine.where,
      'file-operation-failed',
      `the folder ${path} could not be removed`,
      'Look at it by hand: something may still be writing into it.',
      { file: path, detail: `${emptied.value.stderr}${removed.value.stderr}`.trim() },
    ),
  );
}

async function testIn(
  folder: string,
  machine: Machine,
  user: Identity,
  program: string,
  bytes: Uint8Array,
  signal: AbortSignal,
  environment: Variables,
): Promise<Result<ConfigTest>> {
  const copy = stagedCopy(bytes, folder, { server: machine.where.server });
  if (!copy.ok) return copy;
  const path = posix.join(folder, 'server.toml');
  const created = await programFiles(machine, user).create(path, copy.value, signal);
  if (!created.ok) return created;
  const output = await runKanidmd(
    machine,
    program,
    ['configtest'],
    path,
    signal,
    folder,
    testVariables(environment),
  );
  return output.ok ? ok(readConfigTest(output.value)) : output;
}

/**
 * Variables that complete a file and lead to nothing of the running server's. Those of its database, its sockets and its
 * backups win over the copy's own in some versions (`kanidm.md`, "configtest").
 */
const HARMLESS =
  /^KANIDM_(?:DOMAIN|ORIGIN|BINDADDRESS|TLS_CHAIN|TLS_KEY|TLS_CLIENT_CA|ROLE|LOG_LEVEL|TRUST_X_FORWARD_FOR|REPLICATION_[A-Z_]{1,40})$/;

/** The variables of a service that the test of a copy may have. */
export const testVariables = (environment: Variables): Variables =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => HARMLESS.test(name)));
