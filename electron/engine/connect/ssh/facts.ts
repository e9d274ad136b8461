import type { HostFacts, ServiceState } from '../../../../shared/observed';
import { fail, ok, type Fault, type Result } from '../../../../shared/result';
import { type At, faultAt } from './faults';
import type { ServerFiles } from './files';
import type { Machine } from './machine';
import { serviceState } from './service';
import {
  configArgument,
  environmentFiles,
  execArguments,
  readEnvironment,
  readEnvironmentFile,
  readProperties,
} from './systemctl';

/** Where packages put the file (`kanidm.md`, "server.toml"), in the order they are looked for. */
const PLACES = ['/etc/kanidm/server.toml', '/etc/kanidmd/server.toml'];
const PROPERTIES = [
  'LoadState',
  'ActiveState',
  'SubState',
  'Result',
  'ExecStart',
  'Environment',
  'EnvironmentFiles',
  'ExecMainStartTimestampMonotonic',
  'MainPID',
];

/** What systemd says of the unit, with its environment read. */
export interface UnitFacts {
  readonly configPath: string;
  readonly overrides: Readonly<Record<string, string>>;
  readonly service: ServiceState;
  /** Microseconds since the boot; null: not running. */
  readonly startedMonotonic: number | null;
}

/** Asks systemd about the unit and finds its server.toml: named, in ExecStart, in KANIDM_CONFIG, or where packages put it. */
export async function unitFacts(
  machine: Machine,
  files: ServerFiles,
  named: string | null,
  signal: AbortSignal,
): Promise<Result<UnitFacts>> {
  const shown = await machine.run(
    ['systemctl', 'show', machine.unit, '--no-pager', `--property=${PROPERTIES.join(',')}`],
    signal,
  );
  if (!shown.ok) return shown;
  const properties = readProperties(shown.value.stdout);
  const service = serviceState(machine, shown.value, properties);
  if (!service.ok) return service;
  const environment = await readAllEnvironment(machine.at, files, properties, signal);
  if (!environment.ok) return environment;
  const configPath = await findConfig(machine.at, files, named, properties, environment.value, signal);
  if (!configPath.ok) return configPath;
  const monotonic = Number(properties['ExecMainStartTimestampMonotonic'] ?? 0);
  return ok({
    configPath: configPath.value,
    overrides: Object.fromEntries(
      Object.entries(environment.value).filter(([name]) => name.startsWith('KANIDM_')),
    ),
    service: service.value,
    startedMonotonic: monotonic > 0 && Number(properties['MainPID'] ?? 0) > 0 ? monotonic : null,
  });
}

/** Adds the clock to what systemd says. The running version is the log's to tell. */
export async function hostFacts(
  machine: Machine,
  unit: UnitFacts,
  signal: AbortSignal,
): Promise<Result<HostFacts>> {
  const clock = await machine.clockOffset(signal);
  if (!clock.ok) return clock;
  const startedAt =
    unit.startedMonotonic === null || clock.value === null
      ? ok(null)
      : await startTime(machine, unit.startedMonotonic, clock.value, signal);
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

/** Monotonic time counts from the boot, as /proc/uptime does; the server's clock now gives the rest. */
async function startTime(
  machine: Machine,
  startedMonotonic: number,
  offset: number,
  signal: AbortSignal,
): Promise<Result<number | null>> {
  const asked = Date.now();
  const uptime = await machine.run(['cat', '/proc/uptime'], signal);
  if (!uptime.ok) return uptime;
  const serverNow = (asked + Date.now()) / 2 + offset;
  const seconds = Number.parseFloat(uptime.value.stdout);
  if (!Number.isFinite(seconds)) return ok(null);
  return ok(Math.round(serverNow - seconds * 1000 + startedMonotonic / 1000));
}

async function readAllEnvironment(
  at: At,
  files: ServerFiles,
  properties: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Result<Record<string, string>>> {
  const variables: Record<string, string> = { ...readEnvironment(properties['Environment'] ?? '') };
  // The files win over Environment= (systemd.exec(5)).
  for (const path of environmentFiles(properties['EnvironmentFiles'] ?? '')) {
    const file = await files.read(path, 1024 * 1024, signal);
    if (file.ok)
      Object.assign(variables, readEnvironmentFile(Buffer.from(file.value.bytes).toString('utf8')));
    else if (file.error.code !== 'no-such-file') return fail(unreadEnvironment(at, path, file.error));
  }
  return ok(variables);
}

async function findConfig(
  at: At,
  files: ServerFiles,
  named: string | null,
  properties: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Result<string>> {
  const said =
    named ??
    configArgument(execArguments(properties['ExecStart'] ?? '')) ??
    environment['KANIDM_CONFIG'] ??
    null;
  if (said !== null) return ok(said);
  for (const path of PLACES) {
    const there = await files.stat(path, signal);
    if (there.ok && there.value?.kind === 'file') return ok(path);
    // A folder that may not be looked into may well hold the file.
    if (!there.ok && there.error.code !== 'permission-denied') return there;
  }
  return fail(
    faultAt(
      at,
      'config-not-found',
      'the server.toml of the unit was not found',
      'Write its path into the fleet file: config = "/etc/kanidm/server.toml".',
      { detail: `looked at: the unit's ExecStart, KANIDM_CONFIG, ${PLACES.join(', ')}` },
    ),
  );
}

const unreadEnvironment = (at: At, path: string, cause: Fault): Fault =>
  faultAt(
    at,
    'environment-unreadable',
    `the unit's environment file ${path} cannot be read, so settings that win over server.toml may be hidden in it`,
    'Make it readable for this user, or set `sudo = true` for this server.',
    { file: path, detail: cause.message },
  );
