import { posix } from 'node:path';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import { type ConfigSaid, configOfCommand } from './config-path';
import { faultAt } from '../../common/faults';
import type { ServerFiles } from '../files/files';
import type { Machine } from '../machine/machine';
import { execArguments } from '../machine/systemctl';
import type { Variables } from './unit-environment';

/** Where packages put the file (`kanidm.md`, "Where it lies"). */
const PLACES = ['/etc/kanidm/server.toml', '/etc/kanidmd/server.toml'];
/** What a kanidmd may be built to read (Kanidm's build profiles: Linux, Debian, container). */
const BUILT_INTO = [...PLACES, '/data/server.toml'];
/** Of a process's command line; the kernel's own limit for one argument is 128 kB. */
const LONGEST_COMMAND = 128 * 1024;

/** What finding a unit's config needs. */
export interface ConfigSearch {
  readonly machine: Machine;
  readonly files: ServerFiles;
  /** kanidmd as the fleet names it. */
  readonly program: string;
  /** Of `systemctl show`. */
  readonly properties: Readonly<Record<string, string>>;
  readonly environment: Variables;
}

/**
 * Finds the server.toml that the unit's kanidmd reads. The words of ExecStart and those of the running process both say it:
 * what they leave open is KANIDM_CONFIG's, then what the program was built with. Whatever stays uncertain is a fault that
 * asks for `config`: a wrong file would be edited without a word.
 * @returns the path; `config-not-found`, `config-ambiguous`.
 */
export async function findConfig(search: ConfigSearch, signal: AbortSignal): Promise<Result<string>> {
  const { properties, program, environment } = search;
  const argv = execArguments(properties['ExecStart'] ?? '');
  const unit = configOfCommand(argv, program, environment, properties['WorkingDirectory'] ?? null);
  const running = await runningCommand(search, signal);
  if (!running.ok) return running;
  const said = agreed(search, unit, running.value);
  if (!said.ok) return said;
  if (said.value.kind === 'path') return ok(said.value.path);
  const named = environment['KANIDM_CONFIG'];
  if (named !== undefined && named !== '')
    return posix.isAbsolute(named)
      ? ok(named)
      : unclear(search, `KANIDM_CONFIG of the unit is relative: ${named}`);
  return builtIn(search, argv[0] ?? null, signal);
}

/** What the unit says and what runs must not contradict each other: after a restart another file would count. */
function agreed(
  search: ConfigSearch,
  unit: ConfigSaid,
  running: ConfigSaid | null,
): Result<Exclude<ConfigSaid, { kind: 'unclear' }>> {
  if (running === null || running.kind === 'unclear')
    return unit.kind === 'unclear' ? unclear(search, unit.why) : ok(unit);
  if (unit.kind === 'unclear') return ok(running);
  const [next, now] = [unit, running].map((said) =>
    said.kind === 'path' ? said.path : 'no file of its own',
  );
  if (next === now) return ok(unit);
  return fail(
    faultAt(
      search.machine.where,
      'config-ambiguous',
      `the running kanidmd was started with ${now}, but the unit ${search.machine.unit} now says ${next}`,
      'Restart the service, or write the file that counts into the fleet file: config = "…".',
    ),
  );
}

/** The words of the unit's main process, as the kernel keeps them; null: not running, or not to be seen by this user. */
async function runningCommand(
  { machine, properties, program }: ConfigSearch,
  signal: AbortSignal,
): Promise<Result<ConfigSaid | null>> {
  const pid = Number(properties['MainPID'] ?? 0);
  if (!Number.isSafeInteger(pid) || pid <= 0) return ok(null);
  const shown = await machine.look(['cat', `/proc/${pid}/cmdline`], signal);
  if (!shown.ok) return shown;
  const { exitCode, stdout } = shown.value;
  const words = stdout.split('\0').filter((word) => word !== '');
  if (exitCode !== 0 || words.length === 0 || stdout.length > LONGEST_COMMAND) return ok(null);
  return ok(configOfCommand(words, program));
}

/**
 * The path a package was built with stands in its program. Where it cannot be read there, the one file that is in one of
 * the two known places counts; with both, nobody can tell which.
 */
async function builtIn(
  search: ConfigSearch,
  executable: string | null,
  signal: AbortSignal,
): Promise<Result<string>> {
  const there: string[] = [];
  for (const path of PLACES) {
    const stat = await search.files.stat(path, signal);
    if (stat.ok && stat.value?.kind === 'file') there.push(path);
    // A folder that may not be looked into may well hold the file.
    if (!stat.ok && stat.error.code !== 'permission-denied') return stat;
  }
  const built = await builtInto(search, executable, signal);
  if (!built.ok) return built;
  if (built.value !== null) return ok(built.value);
  const [only, other] = there;
  if (only !== undefined && other === undefined) return ok(only);
  if (only === undefined) return unclear(search, `neither ${PLACES.join(' nor ')} is there`);
  return fail(
    faultAt(
      search.machine.where,
      'config-ambiguous',
      `both ${PLACES.join(' and ')} are there, and the unit does not say which one its kanidmd reads`,
      `Write the one that counts into the fleet file: config = "${only}" or config = "${other}". Debian’s own packages read ${PLACES[1]}.`,
    ),
  );
}

/** Looks for the known places in the program file; null: none or both are in it, or it cannot be read. */
async function builtInto(
  { machine, program }: ConfigSearch,
  executable: string | null,
  signal: AbortSignal,
): Promise<Result<string | null>> {
  const isKanidmd =
    executable !== null && ['kanidmd', posix.basename(program)].includes(posix.basename(executable));
  const path = isKanidmd ? executable : program;
  if (!posix.isAbsolute(path)) return ok(null);
  const patterns = BUILT_INTO.flatMap((place) => ['-e', place]);
  const found = await machine.look(['grep', '-aoF', '-m', '64', ...patterns, '--', path], signal);
  if (!found.ok) return found;
  const places = new Set(found.value.stdout.split('\n').filter((line) => BUILT_INTO.includes(line)));
  const [place] = places;
  return ok(found.value.exitCode === 0 && places.size === 1 && !found.value.cut ? (place ?? null) : null);
}

const unclear = ({ machine }: ConfigSearch, why: string): Result<never> =>
  fail(
    faultAt(
      machine.where,
      'config-not-found',
      'the server.toml of the unit was not found',
      'Write its path into the fleet file: config = "/etc/kanidm/server.toml".',
      { detail: `${why}\nlooked at: the unit’s ExecStart, its process, KANIDM_CONFIG, ${PLACES.join(', ')}` },
    ),
  );
