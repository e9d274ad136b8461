import { homedir } from 'node:os';
import { runsWith } from '../../shared/observed/observed-config';
import { join } from 'node:path';
import type { ServerReport } from '../../shared/observed/status';
import { reportCertificates } from '../../shared/fleet/rules/report-certificates';
import { leftOutOfSshConfig } from '../../shared/fleet/rules/ssh-config';
import { problemOf } from '../../shared/base/problem';
import { fail, ok } from '../../shared/base/result';
import { answersOfFleet } from './answers/answers-of-fleet';
import { adoptServers } from './adopt/adopt-servers';
import type { BelievedFiles } from './connect/common/this-machine';
import type { Prompter } from './connect/connection';
import { compareFleet } from './compare/compare-fleet';
import { sizeOf, summarise } from './compare/summarise';
import { orphanedBackupProblems } from './compare/orphaned-backups';
import { lastComparisons } from './compare/kept-comparisons';
import { Connections, type ConnectionsOptions } from './fleet/connections';
import { deployJob } from './deploy/run/deploy-job';
import { historyOf } from './deploy/journal/history';
import { notRunning } from './deploy/run/not-running';
import { planJob, checkInterrupted } from './deploy/plan/plan-job';
import { withReadings } from './deploy/plan/with-readings';
import { readDeploys } from './deploy/journal/read-journal';
import { watchDeploys } from './deploy/journal/watch-deploys';
import { runbookOf } from './deploy/run/runbook-of';
import type { Engine } from './api/engine';
import { helperFor, noSuchServer } from './fleet/helper-for';
import { fleetFrom, observeFleet, observeRead } from './fleet/observe-fleet';
import { tellSilent } from './fleet/tell-silent';
import { keeping, memoryOf } from './history/keeping';
import { HistoryStore } from './history/history-store';
import { PracticeProcess } from './practice/practice-process';
import { dockerFolder, listContexts } from './connect/docker/api/context';
import { hostAliases } from './connect/ssh/address/host-aliases';
import { loadFleet, saveFleet } from './storage/fleet-files';
import { watchFile } from './storage/watch-file';
import type { Call } from './base/call';
import { type Clock, systemClock } from './base/time';
import { TraceLog } from './base/trace';
import { diagnose } from './diagnose/diagnose';
import { olderLogs } from './watch/older-logs';
import { watchLogs } from './watch/watch-logs';
import { ServerWatches } from './watch/server-watches';
import { lookByMemory, recalled } from './ruv/ruv-memory';
import { withProved } from './health/with-proved';
import { RUV_EVERY, ruvByItself } from '../../shared/ruv/by-itself';
import { LOGINS_EVERY } from '../../shared/serves/by-itself';
import { lookAtFleet } from './serves/look-fleet';
import { describeServer, statusOf } from './health/status';
import { watchFleet } from './watch/watch-fleet';

export interface EngineOptions {
  /** The person's home folder: `~` in the fleet file, `~/.ssh`. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where journals lie. */
  readonly configDir: string;
  readonly prompter: Prompter;
  /** Which files that a fleet names may be believed as they are; absent: all. */
  readonly believed?: BelievedFiles;
  /** A line for the log file. Never a secret. */
  readonly log: (text: string) => void;
  /** Every call to a server, for diagnostics; without it the engine keeps one of its own. */
  readonly trace?: TraceLog;
  /** The words that start the practice host. */
  readonly practiceProgram: readonly string[];
  readonly clock?: Clock;
  /** For tests: see `ConnectionsOptions`. */
  readonly open?: ConnectionsOptions['open'];
  readonly between?: ConnectionsOptions['between'];
}

/** Where journals and settings lie when nobody says otherwise: the platform's own place. */
export function defaultConfigDir(env: Readonly<Record<string, string | undefined>>): string {
  const home = env['HOME'] ?? homedir();
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support', 'Kanilink');
  if (process.platform === 'win32')
    return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Kanilink');
  return join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'Kanilink');
}

/** A question to a server that is not answered within this is waited for no longer, however long the whole may take. */
const QUESTION_MS = 20_000;
const limited = (call: Call): Call => ({
  signal: call.signal,
  timeoutMs: Math.min(call.timeoutMs, QUESTION_MS),
});

/** Makes an engine. Nothing is connected until something is asked. */
export function createEngine(options: EngineOptions): Engine {
  const clock = options.clock ?? systemClock;
  const trace = options.trace ?? new TraceLog();
  const connections = new Connections({
    trace,
    home: options.home,
    env: options.env,
    prompter: options.prompter,
    ...(options.believed ? { believed: options.believed } : {}),
    log: options.log,
    clock,
    ...(options.open ? { open: options.open } : {}),
    ...(options.between ? { between: options.between } : {}),
  });
  const watches = new ServerWatches(connections, clock);
  let deploys = 0;
  const history = new HistoryStore({ configDir: options.configDir, clock, log: options.log });
  const practice = new PracticeProcess(options.practiceProgram);
  return {
    loadFleet,
    saveFleet,
    watchFile: (path, signal) => watchFile(path, clock, signal),
    testServer: async (text, id, call) => {
      const read = fleetFrom(text);
      if (!read.ok) return read;
      const server = read.value.fleet.servers.find((it) => it.id === id);
      if (!server) return fail(noSuchServer(id, text.path));
      const { observed } = await watches.observe(server, text.path, call, 0);
      const config = runsWith(observed)?.replication ?? null;
      const report: ServerReport = {
        ...describeServer(observed),
        domainLevel: observed.domain?.level ?? null,
        configPath: observed.facts?.configPath ?? null,
        origin: config?.origin ?? null,
        clockOffsetMs: observed.facts?.clockOffsetMs ?? null,
        problems: [...observed.faults.map((fault) => problemOf(fault)), ...leftOutOfSshConfig(observed)],
      };
      return ok(report);
    },
    helper: (text, id, call) => helperFor(text, id, connections, call),
    status: async (text, call) => {
      const fleet = await tellSilent(watches.patient, clock, call.silent, (prober) =>
        observeFleet(text, prober, limited(call)),
      );
      if (!fleet.ok) return fleet;
      const left = await orphanedBackupProblems(options.configDir, fleet.value.fleet.servers);
      const memory = text.path === null ? null : memoryOf(text.path, history, clock);
      const [status, serves, looked] = await Promise.all([
        statusOf(fleet.value, clock, call),
        call.logins === true ? lookAtFleet(fleet.value, clock, call) : null,
        call.ruv === true ? lookByMemory(fleet.value, memory, clock, call) : null,
      ]);
      const ruv =
        looked ?? (await recalled(fleet.value.observed, [...status.pulls, ...status.undrawn], memory, clock));
      const proved = withProved(status, serves, ruv);
      return ok({ ...proved, problems: [...proved.problems, ...left] });
    },
    plan: async (text, call) => {
      const job = call.job ?? { kind: 'apply' as const };
      const { configDir } = options;
      const read = fleetFrom(text);
      if (!read.ok) return read;
      const key = { path: text.path, name: read.value.fleet.name };
      const interrupted =
        call.toDeploy === true ? checkInterrupted(job, key, await readDeploys(configDir)) : null;
      if (interrupted !== null) return fail(interrupted);
      const prober = call.asSeen === true ? watches.asSeen : watches.patient;
      const fleet = await observeRead(read.value, text.path, prober, limited(call));
      // A deploy may have ended while servers were asked.
      const planned = await planJob(job, fleet, await readDeploys(configDir), { configDir, clock });
      if (!planned.ok) return planned;
      const left = await orphanedBackupProblems(configDir, fleet.fleet.servers);
      const { plan } = planned.value;
      return ok(withReadings({ ...plan, problems: [...plan.problems, ...left] }, fleet.observed));
    },
    runbook: (text, call) =>
      runbookOf(text, call, { prober: watches, clock, configDir: options.configDir, home: options.home }),
    certificates: async (text, call) => {
      const fleet = await observeFleet(text, watches.patient, limited(call));
      if (!fleet.ok) return fleet;
      return ok(reportCertificates(fleet.value.fleet, fleet.value.observed, clock.now()));
    },
    compare: async (text, call) => {
      const fleet = await observeFleet(text, watches.patient, limited(call));
      if (!fleet.ok) return fleet;
      const { say = () => undefined } = call;
      return ok(await compareFleet(fleet.value, { clock, configDir: options.configDir, say }, call));
    },
    answers: async (text, asked, call) => {
      const fleet = await observeFleet(text, watches.patient, limited(call));
      return fleet.ok ? answersOfFleet(fleet.value, asked, clock, call) : fleet;
    },
    databaseSize: (text, id, call) => sizeOf(text, id, watches, call),
    databaseSummary: (text, id, call) =>
      summarise(text, id, { prober: watches, clock, configDir: options.configDir }, call),
    diagnose: async (text, asked, call) => {
      const { configDir, home, env } = options;
      return ok(await diagnose(text, asked, call, { prober: watches, clock, configDir, home, env, trace }));
    },
    lastComparisons: async (text) => {
      const read = fleetFrom(text);
      return read.ok ? ok(await lastComparisons(options.configDir, read.value.fleet)) : read;
    },
    pastDeploys: async (text) => {
      const read = fleetFrom(text);
      return read.ok ? ok(await historyOf(text, read.value.fleet.name, options.configDir)) : read;
    },
    history: (text, stretch, signal) => history.read({ ...stretch, path: text.path ?? '' }, signal),
    boundHistory: (bound) => history.setBound(bound),
    glances: () => history.glances(),
    notRunning: async (text) => {
      const read = fleetFrom(text);
      if (!read.ok) return read;
      return notRunning(options.configDir, { path: text.path, name: read.value.fleet.name });
    },
    deploy: async function* (text, consent, signal) {
      const parts = { prober: watches, clock, configDir: options.configDir };
      deploys += 1;
      try {
        for await (const event of deployJob(text, consent, signal, parts)) {
          if (event.kind === 'started') options.log(`deploy ${event.deploy} began`);
          if (event.kind === 'finished')
            options.log(`deploy ${[event.outcome, ...event.problems.map(({ code }) => code)].join(' ')}`);
          yield event;
        }
      } finally {
        deploys -= 1;
        watches.lookIfChanged();
      }
    },
    logs: (text, asked, signal) => watchLogs(text, asked, { watches, clock }, signal),
    olderLogs: (text, back, call) => olderLogs(text, back, { watches, clock }, call),
    watch: (
      text,
      signal,
      loginsEveryMs = LOGINS_EVERY * 60_000,
      ruvTurn = ruvByItself(RUV_EVERY),
      loginsNow = false,
    ) => {
      const note = (doing: string, cause: unknown): void => connections.note(doing, cause);
      const every = { loginsEveryMs, ruvTurn, loginsNow, deploying: () => deploys > 0 };
      return watchFleet(text, { watches, clock, signal, note, ...every, ...keeping(text, history, clock) });
    },
    watchDeploys: async function* (text, signal) {
      const read = fleetFrom(text);
      if (!read.ok) return;
      const key = { path: text.path, name: read.value.fleet.name };
      yield* watchDeploys(options.configDir, key, { clock, signal });
    },
    lookAnew: () => {
      connections.forgetRefusals();
      watches.lookAnew();
    },
    wake: () => watches.wake(),
    startPractice: ({ servers }, call) => practice.start(servers, call),
    stopPractice: () => practice.stop(),
    adopt: (servers, fleetPath, call) => adoptServers(servers, fleetPath, watches, call),
    sshAliases: async () => hostAliases(options.home),
    listContainers: (choice, call) => connections.listContainers(choice, call),
    dockerContexts: async () =>
      (await listContexts(dockerFolder(options))).map(({ name, endpoint }) => ({ name, endpoint })),
    close: async () => {
      await watches.close();
      await history.close();
      await connections.close();
      await practice.stop();
    },
  };
}
