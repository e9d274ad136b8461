import { believedTime, clockOffset } from '../../common/server-clock';
import type { HostFacts, ServiceState } from '../../../../../shared/observed/observed';
import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import { monotonicNow, wallNow } from '../../../base/time';
import { type ServerPlace, faultAt } from '../../common/faults';
import type { ServerFiles } from '../files/files';
import { showUnit } from '../commands/systemd';
import type { Machine } from '../machine/machine';
import { SERVICE_PROPERTIES, serviceState } from './service';
import { findConfig } from './find-config';
import { type MainProcess, processAge, showStarts } from './process-age';
import { environmentFiles, readProperties } from '../machine/systemctl';
import { readEnvironment, readEnvironmentFile, type Variables, withoutUnset } from './unit-environment';

/** More than any unit has, and more than one of them holds. */
const MOST_FILES = 32;
const LARGEST_FILE = 256 * 1024;
const PROPERTIES = [
  ...SERVICE_PROPERTIES,
  'ExecStart',
  'Environment',
  'EnvironmentFiles',
  'UnsetEnvironment',
  'WorkingDirectory',
];

/** What systemd says of the unit, with its environment read. */
export interface UnitFacts {
  readonly configPath: string;
  readonly overrides: Readonly<Record<string, string>>;
  readonly service: ServiceState;
  /** Null: not running. */
  readonly main: MainProcess | null;
}

/**
 * Asks systemd about the unit, reads its environment and finds its server.toml.
 * @param named the path the fleet file names; null: it is found (`findConfig`).
 * @param program kanidmd as the fleet names it.
 */
export async function unitFacts(
  machine: Machine,
  files: ServerFiles,
  named: string | null,
  program: string,
  signal: AbortSignal,
): Promise<Result<UnitFacts>> {
  const shown = await machine.run(showUnit(machine.unit, PROPERTIES), signal);
  if (!shown.ok) return shown;
  const properties = readProperties(shown.value.stdout);
  const service = serviceState(machine, shown.value, properties);
  if (!service.ok) return service;
  const environment = await readAllEnvironment(machine.where, files, properties, signal);
  if (!environment.ok) return environment;
  const search = { machine, files, program, properties, environment: environment.value };
  const configPath = named === null ? await findConfig(search, signal) : ok(named);
  if (!configPath.ok) return configPath;
  const startedMonotonic = Number(properties['ExecMainStartTimestampMonotonic'] ?? 0);
  const pid = Number(properties['MainPID'] ?? 0);
  return ok({
    configPath: configPath.value,
    overrides: Object.fromEntries(
      Object.entries(environment.value).filter(([name]) => name.startsWith('KANIDM_')),
    ),
    service: service.value,
    main: startedMonotonic > 0 && Number.isSafeInteger(pid) && pid > 0 ? { pid, startedMonotonic } : null,
  });
}

/** Adds the clock to what systemd says. The running version is the log's to tell. */
export async function hostFacts(
  machine: Machine,
  unit: UnitFacts,
  signal: AbortSignal,
): Promise<Result<HostFacts>> {
  const clock = await clockOffset(() => machine.now(signal));
  if (!clock.ok) return clock;
  const startedAt =
    unit.main === null || clock.value === null
      ? ok(null)
      : await startTime(machine, unit.main, clock.value, signal);
  if (!startedAt.ok) return startedAt;
  return ok({
    configPath: unit.configPath,
    overrides: unit.overrides,
    publishedPorts: null,
    manager: 'systemd',
    clockOffsetMs: clock.value,
    startedAt: startedAt.value,
    runningVersion: null,
    service: unit.service,
  });
}

/** The server's clock at this moment, less the age of the process. */
async function startTime(
  machine: Machine,
  main: MainProcess,
  offset: number,
  signal: AbortSignal,
): Promise<Result<number | null>> {
  const asked = wallNow();
  const began = monotonicNow();
  const starts = await machine.run(showStarts(main), signal);
  if (!starts.ok) return starts;
  const serverNow = asked + (monotonicNow() - began) / 2 + offset;
  const age = processAge(starts.value.stdout, main);
  return ok(age === null ? null : believedTime(Math.round(serverNow - age), serverNow));
}

async function readAllEnvironment(
  where: ServerPlace,
  files: ServerFiles,
  properties: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Result<Variables>> {
  const variables: Record<string, string> = { ...readEnvironment(properties['Environment'] ?? '') };
  const paths = environmentFiles(properties['EnvironmentFiles'] ?? '');
  // The files win over Environment= (systemd.exec(5)).
  for (const path of paths.slice(0, MOST_FILES)) {
    // systemd takes it for a pattern; which files it stands for is not asked here.
    if (/[*?[]/.test(path)) return fail(unreadEnvironment(where, path, 'Its name is a pattern.'));
    const file = await files.read(path, LARGEST_FILE, signal);
    if (file.ok)
      Object.assign(variables, readEnvironmentFile(Buffer.from(file.value.bytes).toString('utf8')));
    else if (file.error.code !== 'no-such-file')
      return fail(unreadEnvironment(where, path, file.error.message));
  }
  const more = paths[MOST_FILES];
  if (more !== undefined)
    return fail(unreadEnvironment(where, more, `The unit names more than ${MOST_FILES} of them.`));
  return ok(withoutUnset(variables, properties['UnsetEnvironment'] ?? ''));
}

const unreadEnvironment = (where: ServerPlace, path: string, cause: string): Fault =>
  faultAt(
    where,
    'environment-unreadable',
    `the unit’s environment file ${path} cannot be read, so settings that win over server.toml may be hidden in it`,
    'Make it a file that this user can read, or set `sudo = true` for this server.',
    { file: path, detail: cause },
  );
