import type { FleetServer } from '../../../../shared/fleet/model/fleet';
import { readCertificate } from '../../../../shared/certificates/read-certificate';
import type { Certificate } from '../../../../shared/certificates/certificate';
import { withEarlierTroubles } from '../../../../shared/kanidmd/start-troubles';
import { readCertificateOutput, readDomain, readVersion } from '../../../../shared/kanidmd/read-output';
import type { HostFacts, ObservedFile, ObservedServer } from '../../../../shared/observed/observed';
import type { Domain } from '../../../../shared/kanidmd/evidence';
import { isAbsolute, runsWith, willRunWith } from '../../../../shared/observed/observed-config';
import { isOlderThanItsFile } from '../../../../shared/plan/make/older-than-file';
import type { Fault, Result } from '../../../../shared/base/result';
import { fail, ok } from '../../../../shared/base/result';
import { DEFAULT_POLL_INTERVAL, type ServerConfig } from '../../../../shared/server-config/server-config';
import { jumped } from '../../../../shared/base/moment';
import { readServerConfig } from '../../../../shared/server-config/read-server-config';
import type { FileStat, Output, ServerConnection } from '../../connect/connection';
import type { Call } from '../../base/call';
import { type Clock, momentOf, serverTime } from '../../base/time';
import { LARGEST_CONFIG } from '../../connect/common/files';
import { QUESTIONS } from '../../connect/common/kanidmd-arguments';
import { readEvidence, readStart } from './read-evidence';

/** Commands of kanidmd that a probe runs: they change nothing. */
export const ASKS_ONLY: ReadonlySet<string> = new Set([
  'version',
  'domain show',
  'show-replication-certificate',
]);

/** What a probe could not reach. */
export const unreachable = (server: FleetServer, fault: Fault): ObservedServer => ({
  ...nothingSeen(server),
  state: 'unreachable',
  faults: [{ ...fault, where: { server: server.id, ...fault.where } }],
});

/** Reads one server: its file, its domain, its certificate, its log over two poll intervals. Changes nothing. */
export async function probeServer(
  server: FleetServer,
  connection: ServerConnection,
  clock: Clock,
  call: Call,
): Promise<ObservedServer> {
  const [facts, version] = await Promise.all([
    factsNow(connection, clock, call),
    readVersionOnDisk(connection, call),
  ]);
  if (!facts.ok) return unreachable(server, facts.error);
  const faults: Fault[] = [];
  const keep = <T>(result: Result<T>): T | null => {
    if (result.ok) return result.value;
    faults.push({ ...result.error, where: { server: server.id, ...result.error.where } });
    return null;
  };
  const running = facts.value.service.state === 'running';
  const file = keep(await readConfigFile(connection, facts.value.configPath, call));
  const config = file === null ? null : keep(readConfig(server, file));
  const onDisk = version.ok ? version.value : null;
  const runs = runsWith({ config, facts: facts.value, log: null, versionOnDisk: onDisk });
  const replication = runs?.replication ?? null;
  const [shownDomain, certificate, evidence] = await Promise.all([
    running ? readDomainOf(connection, call) : null,
    running && replication !== null ? readOwnCertificate(connection, call) : null,
    running ? evidenceOf(connection, facts.value, runs, clock, call) : null,
  ]);
  const domain = shownDomain && keep(shownDomain);
  const log = evidence && keep(evidence);
  // A server that does not answer is told once.
  const silent = shownDomain?.ok === false && shownDomain.error.code === SILENT;
  const startedAt = facts.value.startedAt;
  const start =
    running && startedAt !== null && (log?.runningVersion ?? null) === null
      ? await readStart(connection, startedAt, call)
      : null;
  const runningVersion = facts.value.runningVersion ?? log?.runningVersion ?? start?.runningVersion ?? null;
  const observed: ObservedServer = {
    id: server.id,
    state: running ? 'running' : 'stopped',
    faults,
    facts: { ...facts.value, runningVersion },
    file,
    config,
    versionOnDisk: keep(version),
    domain,
    certificate: certificate === null || (silent && !certificate.ok) ? null : keep(certificate),
    log: log === null ? null : withEarlierTroubles(log, start),
  };
  const databaseFile =
    running && !isOlderThanItsFile(observed) ? null : await lookForDatabase(connection, observed, call);
  return databaseFile === null ? observed : { ...observed, databaseFile };
}

/** Whether a start would find its database; null: not known. */
async function lookForDatabase(
  connection: ServerConnection,
  observed: ObservedServer,
  call: Call,
): Promise<'there' | 'missing' | null> {
  const path = willRunWith(observed)?.dbPath ?? null;
  if (path === null || !isAbsolute(path)) return null;
  const stat = await connection.stat(path, call);
  return stat.ok ? (holdsData(stat.value) ? 'there' : 'missing') : null;
}

/** Whether a file can be a database. kanidmd makes an empty one before it opens it. */
export const holdsData = (stat: FileStat | null): boolean => stat?.kind === 'file' && stat.size > 0;

/**
 * A server's facts, with our clocks at the reading of its own. When ours was set, or slept, meanwhile, the reading says
 * nothing and is made again once; the holder of the facts sees by `clockReadAt` whether it was for nothing too.
 */
async function factsNow(connection: ServerConnection, clock: Clock, call: Call): Promise<Result<HostFacts>> {
  for (let again = true; ; again = false) {
    const clockReadAt = momentOf(clock);
    const facts = await connection.facts(call);
    if (!facts.ok) return facts;
    if (!again || !jumped(clockReadAt, momentOf(clock))) return ok({ ...facts.value, clockReadAt });
  }
}

/** The program on disk. */
export async function readVersionOnDisk(connection: ServerConnection, call: Call): Promise<Result<string>> {
  const output = await connection.kanidmd(['version'], call);
  return output.ok ? readVersion(output.value) : output;
}

/**
 * Asks the running kanidmd for its domain.
 * @returns `admin-socket-silent` where kanidmd runs and does not answer; what it answers instead of a domain is a fault as well.
 */
export async function readDomainOf(connection: ServerConnection, call: Call): Promise<Result<Domain>> {
  const output = await ask(connection, QUESTIONS.domain, call);
  return output.ok ? readDomain(output.value) : output;
}

/**
 * A command that the running kanidmd answers on its admin socket. It gives up after 15 s by itself (`kanidm.md`,
 * "Commands"); one that does not, because the server hangs, is given up a little later.
 */
async function ask(
  connection: ServerConnection,
  argv: readonly string[],
  call: Call,
): Promise<Result<Output>> {
  const output = await connection.kanidmd(argv, { ...call, timeoutMs: Math.min(call.timeoutMs, ANSWER_MS) });
  if (output.ok || output.error.code !== 'timed-out') return output;
  return fail({
    ...output.error,
    code: SILENT,
    message: `kanidmd runs, and does not answer on its admin socket: no word of "${argv.join(' ')}" in ${ANSWER_MS / 1000} s.`,
    fix: 'Read its log; if it hangs, restart it.',
  });
}

const ANSWER_MS = 20_000;
const SILENT = 'admin-socket-silent';

/** The certificate a server shows, read; while a renewal is under way it shows none (`kanidm.md`, "renew-replication-certificate"). */
export async function readOwnCertificate(
  connection: ServerConnection,
  call: Call,
): Promise<Result<Certificate>> {
  const output = await ask(connection, QUESTIONS.certificate, call);
  if (!output.ok) return output;
  const text = readCertificateOutput(output.value);
  return text.ok ? readCertificate(text.value, {}) : text;
}

/**
 * Reads a server.toml whole, at most `LARGEST_CONFIG` bytes.
 * @returns a fault where it is not UTF-8: such a file could not be written back as it was.
 */
export async function readConfigFile(
  connection: ServerConnection,
  path: string,
  call: Call,
): Promise<Result<ObservedFile>> {
  const content = await connection.readFile(path, { ...call, maxBytes: LARGEST_CONFIG });
  if (!content.ok) return content;
  const { bytes, sha256, stat } = content.value;
  try {
    // Fatal: text that is not what the bytes say must never be written back.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return ok({ path, sha256, text, modifiedAt: stat.modifiedAt });
  } catch {
    return fail({
      code: 'server-toml-not-utf8',
      message: 'server.toml is not UTF-8 text; Kanidm refuses it too.',
      fix: 'Save it as UTF-8, then check again.',
      where: { file: path },
    });
  }
}

/** Seconds between a server's rounds. */
export const pollIntervalOf = (config: ServerConfig | null): number =>
  config?.replication?.taskPollInterval ?? DEFAULT_POLL_INTERVAL;

/** How far back a log is read, and how long proof is waited for, in milliseconds: two poll intervals + 10 s (`design.md`, "Health, honestly"). */
export const proofWindowMs = (config: ServerConfig | null): number =>
  (2 * pollIntervalOf(config) + 10) * 1000;

function readConfig(server: FleetServer, file: ObservedFile): Result<ServerConfig> {
  return readServerConfig(new TextEncoder().encode(file.text), { server: server.id, file: file.path });
}

function evidenceOf(
  connection: ServerConnection,
  facts: HostFacts,
  config: ServerConfig | null,
  clock: Clock,
  call: Call,
) {
  const now = serverTime(facts, clock);
  return readEvidence(connection, now - proofWindowMs(config) - 1000, now, call);
}

/** A server of which nothing is known. */
export function nothingSeen(server: FleetServer): ObservedServer {
  return {
    id: server.id,
    state: 'unreachable',
    faults: [],
    facts: null,
    file: null,
    config: null,
    versionOnDisk: null,
    domain: null,
    certificate: null,
    log: null,
  };
}
