import { everyOrigin, runsWith } from '../../../shared/observed/observed-config';
import { arch, hostname, release, type as osType } from 'node:os';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { version } from '../../../package.json';
import type { Fleet } from '../../../shared/fleet/model/fleet';
import type { FleetText } from '../../../shared/ipc';
import type { ObservedServer } from '../../../shared/observed/observed';
import { escapeControlsInJson } from '../../../shared/base/escape-controls';
import { parseOrigin } from '../../../shared/base/origin';
import { type Problem, problemOf } from '../../../shared/base/problem';
import type { Call } from '../base/call';
import type { Clock } from '../base/time';
import type { TraceLog } from '../base/trace';
import { type DeployRecord, isOf, readDeploys } from '../deploy/journal/read-journal';
import { observeFleet, type Prober } from '../fleet/observe-fleet';
import { statusOf } from '../health/status';
import { addressReplacer, secretRemover, secretVariables, valuesOf } from './redact';
import { deploySummary, fleetSummary, pullSummary, serverSummary } from './summaries';

/** What diagnostics are to hold. */
export interface DiagnosticsAsked {
  /** Hosts, addresses and logins are replaced, each by the same word everywhere. */
  readonly withoutAddresses: boolean;
  /** What the asker knows already, as problems of the fleet file. */
  readonly problems: readonly Problem[];
}

/** What they are made from. */
export interface DiagnosticsParts {
  readonly prober: Prober;
  readonly clock: Clock;
  readonly configDir: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly trace: TraceLog;
}

/** The newest deploys told of. */
const MOST_DEPLOYS = 20;
/** Bytes of the end of each log file. */
const TAIL = 100_000;
const LOG_FILES = ['kanilink.log', 'kanilink-cli.log', 'kanilink-trace.log'];

/**
 * All that helps to find out what went wrong, as one JSON document: versions, the fleet, problems, what was observed, past
 * deploys, the newest calls, the ends of the log files. It is made to be given away: no content of a file on a server, no
 * variable's value, no backup, no key.
 * @param text null: no fleet, or one that may not be used; no server is asked then.
 */
export async function diagnose(
  text: FleetText | null,
  { withoutAddresses, problems }: DiagnosticsAsked,
  call: Call,
  parts: DiagnosticsParts,
): Promise<string> {
  const { clock, configDir, home, env, trace } = parts;
  const seen = text && (await observeFleet(text, parts.prober, call));
  const fleet = seen?.ok === true ? seen.value : null;
  const status = fleet && (await statusOf(fleet, clock, { ...call, wait: false }));
  const { deploys, unreadable } = await readDeploys(configDir);
  const key = { path: text?.path ?? null, name: fleet?.fleet.name ?? '' };
  const mine = text === null ? [] : deploys.filter((it) => isOf(it, key)).slice(0, MOST_DEPLOYS);
  const observed = fleet?.observed ?? [];
  const found = [
    ...problems,
    ...(seen?.ok === false ? [problemOf(seen.error)] : []),
    ...(status?.problems ?? []),
  ];
  const document = {
    format: 1,
    made: new Date(clock.now()).toISOString(),
    versions: {
      ...{ kanilink: version, node: process.versions.node },
      electron: (process.versions as Partial<NodeJS.ProcessVersions>)['electron'] ?? null,
      system: `${osType()} ${release()} ${arch()}`,
    },
    withoutAddresses,
    fleet: fleet && { path: text?.path ?? null, ...fleetSummary(fleet.fleet) },
    problems: found.map(({ severity, code, server, message, fix }) => ({
      severity,
      code,
      server,
      message,
      fix,
    })),
    servers: observed.map(serverSummary),
    pulls: (status?.pulls ?? []).map(pullSummary),
    deploys: mine.map(deploySummary),
    unreadableDeploys: unreadable.map((it) => it.deploy),
    trace: trace.newest,
    logs: Object.fromEntries(
      await Promise.all(
        LOG_FILES.map(async (name) => [name, await tailOf(join(configDir, 'logs', name))] as const),
      ),
    ),
  };
  const removeSecrets = secretRemover([...secretVariables(env), ...observed.flatMap(secretsOf)]);
  const replaceAddresses = withoutAddresses
    ? addressReplacer(hostsOf(fleet?.fleet ?? null, observed, mine), new Set(observed.map(({ id }) => id)))
    : (it: string) => it;
  const shown = mapStrings(document, (it) => replaceAddresses(withoutHome(removeSecrets(it), home)));
  return `${escapeControlsInJson(JSON.stringify(shown, null, 2))}\n`;
}

/** Words of a server.toml and of variables that are shown anyway, and such as stand everywhere. */
function secretsOf(server: ObservedServer): readonly string[] {
  const { file, config, facts, certificate } = server;
  const shown = new Set(
    [
      ...[config, runsWith(server)].flatMap((it) => [
        ...[it?.domain, it?.origin, it?.bindaddress],
        ...[it?.replication?.origin, it?.replication?.bindaddress],
        ...(it?.replication?.partners ?? []).map(({ origin }) => origin),
      ]),
      facts?.configPath,
      ...(certificate?.names ?? []),
    ].filter((it) => typeof it === 'string'),
  );
  const variables = Object.entries(facts?.overrides ?? {}).map(
    ([name, value]) => `${name} = ${JSON.stringify(value)}`,
  );
  return [file?.text ?? '', ...variables].flatMap((toml) => valuesOf(toml, shown));
}

function hostsOf(
  fleet: Fleet | null,
  observed: readonly ObservedServer[],
  deploys: readonly DeployRecord[],
): readonly string[] {
  const origins = [
    ...(fleet?.servers ?? []).map(({ origin }) => origin),
    ...(fleet?.links ?? []).flatMap((it) => [it.supplierOrigin, it.consumerOrigin]),
    ...(fleet?.removed ?? []),
    ...observed.flatMap((server) => [
      ...everyOrigin(server),
      ...(server.config?.replication?.partners ?? []).map((it) => it.origin),
    ]),
  ];
  const hosts = [
    ...(fleet?.servers ?? []).map(
      ({ endpoint }) => /^[a-z]+:\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^:/]+)/.exec(endpoint)?.[1],
    ),
    ...origins.map((it) => (it === null ? undefined : parseOrigin(it)?.host)),
    ...observed.flatMap((server) => [
      ...(server.certificate?.names ?? []),
      ...[server.domain?.name, server.config?.domain ?? undefined, runsWith(server)?.domain ?? undefined],
      ...(server.log?.rounds ?? []).map((it) => it.supplierHost),
    ]),
    ...[hostname(), ...deploys.map(({ header }) => header.host)],
  ].flatMap((it) => (it === undefined ? [] : [it.replace(/^\[|\]$/g, '')]));
  // What lies in the same domain as a known host is of the same people.
  const domains = hosts.flatMap((it) => {
    const labels = it.split('.');
    return labels.length > 2 && !/^[\d.]+$/.test(it) && !it.includes(':') ? [labels.slice(1).join('.')] : [];
  });
  return [...hosts, ...domains];
}

const withoutHome = (text: string, home: string): string =>
  home.length < 2 ? text : text.replaceAll(home, '~');

/** A value with each of its strings replaced. */
function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((it: unknown) => mapStrings(it, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, mapStrings(it, change)]));
}

/** The last lines of a file; none when there is none. */
async function tailOf(path: string): Promise<readonly string[]> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const bytes = Buffer.alloc(Math.min(size, TAIL));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, size - bytes.length);
      const lines = bytes.toString('utf8', 0, bytesRead).split('\n');
      // The first one may have been cut.
      return (size > TAIL ? lines.slice(1) : lines).filter((it) => it !== '');
    } finally {
      await file.close();
    }
  } catch {
    return [];
  }
}
