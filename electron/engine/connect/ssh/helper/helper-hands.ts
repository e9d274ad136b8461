import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { readConfigTest } from '../../../../../shared/kanidmd/read-output';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import { stagedCopy } from '../../../../../shared/server-config/staged-copy';
import { QUESTIONS } from '../../common/kanidmd-arguments';
import type { Output } from '../../connection';
import type { ServerFiles } from '../files/files';
import type { Hands, KnownUnit } from '../unit/hands';
import { lockPath } from '../unit/lock-place';
import type { ScratchFolder } from '../files/scratch';
import { stateAfter } from '../unit/service';
import { backupAt, comparedFolder, helperFiles } from './helper-files';
import { takeLockByHelper } from './helper-lock';
import type { Helper } from './installed';
import { backupsOf, variablesOf } from './parameters';

/** Everything a plan, a deploy, its undoing, a comparison and a renewal do, by the helper's verbs. */
export function helperHands(helper: Helper, login: ServerFiles, program: string): Hands {
  const { machine, parameters } = helper;
  const { database, server } = parameters;
  const backups = backupsOf(database);
  const random = (): string => randomBytes(6).toString('hex');
  const verbs: Readonly<Record<string, readonly string[]>> = {
    [QUESTIONS.domain.join(' ')]: ['domain'],
    [QUESTIONS.certificate.join(' ')]: ['certificate'],
    'scripting backup': ['backup-head'],
    'renew-replication-certificate': ['renew'],
    'refresh-replication-consumer --i-want-to-refresh-this-servers-database': ['refresh'],
  };
  const verbOf = (args: readonly string[]): readonly string[] | null => {
    const known = verbs[args.join(' ')];
    if (known !== undefined) return known;
    const [group, verb, path, more] = args;
    if (verb !== 'backup' || path === undefined || more !== undefined) return null;
    const backup = backupAt(server, backups, path);
    if (group === 'scripting' && backup !== null) return [backup.verb, backup.stamp];
    if (group === 'database' && backup !== null) return [`${backup.verb}-stopped`, backup.stamp];
    const compared = comparedFolder(database, posix.dirname(path));
    const named = posix.basename(path) === 'compare.json.gz';
    return group === 'scripting' && compared !== null && named ? ['compare-backup', compared] : null;
  };
  const madeFor = ({ configPath, overrides }: KnownUnit): boolean =>
    configPath === parameters.config &&
    JSON.stringify(variablesOf(overrides)) === JSON.stringify(parameters.variables);
  /** A refusal is a fault; what kanidmd said is the caller's. */
  const answered = (verb: string, told: Result<Output>): Result<Output> =>
    told.ok && helper.refusal(told.value) !== null ? fail(helper.failed(verb, told.value)) : told;
  const done = async (verb: readonly string[], signal: AbortSignal): Promise<Result<void>> => {
    const told = await helper.run(verb, signal);
    if (!told.ok) return told;
    return told.value.exitCode === 0 ? ok(undefined) : fail(helper.failed(verb[0] ?? '', told.value));
  };
  const compared = (number: string): ScratchFolder => ({
    path: posix.join(posix.dirname(database), `.kanilink-${number}`),
    remove: (signal) => done(['compare-remove', number], signal),
  });
  return {
    files: helperFiles(helper, login),
    kanidmd: async (args, unit, signal, options) => {
      // What a program is called and which it is, it says to everybody.
      if (args[0] === 'version') return machine.run([program, ...args], signal, options);
      const verb = verbOf(args);
      if (verb === null) return fail(helper.cannot(`kanidmd ${args.join(' ')}`));
      if (!madeFor(unit)) return fail(helper.outdated('configuration or environment'));
      return answered(verb[0] ?? '', await helper.run(verb, signal, options));
    },
    testConfig: async (unit, bytes, signal) => {
      if (!madeFor(unit)) return fail(helper.outdated('configuration or environment'));
      const number = random();
      const copy = stagedCopy(bytes, `${lockPath(parameters.unit)}-test-${number}`, {
        server: machine.where.server,
      });
      if (!copy.ok) return copy;
      const told = answered(
        'config-test',
        await helper.run(['config-test', number], signal, { input: copy.value }),
      );
      return told.ok ? ok(readConfigTest(told.value)) : told;
    },
    makeFolder: (path, mode, signal) =>
      path === backups && mode === 0o700
        ? done(['backups-make'], signal)
        : Promise.resolve(fail(helper.cannot(`making ${path}`, path))),
    makeScratch: async (parent, signal) => {
      if (parent !== posix.dirname(database))
        return fail(helper.cannot(`making a folder in ${parent}`, parent));
      const number = random();
      const made = await done(['compare-make', number], signal);
      return made.ok ? ok(compared(number)) : made;
    },
    orphanedScratch: (path) => {
      const number = comparedFolder(database, path);
      return Promise.resolve(
        number === null ? fail(helper.cannot(`removing ${path}`, path)) : ok(compared(number)),
      );
    },
    takeLock: (owner, takeOver, signal) => takeLockByHelper(helper, owner, takeOver, signal),
    changeService: async (verb, signal) =>
      stateAfter(machine, verb, await helper.run([verb], signal), signal, {
        isRefusal: (output) => helper.refusal(output) !== null,
        fix: '`systemctl status` on the server says more.',
      }),
  };
}
