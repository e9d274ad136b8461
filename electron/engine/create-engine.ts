import { homedir } from 'node:os';
import { join } from 'node:path';
import type { FleetText, PlanView, ServerReport } from '../../shared/ipc';
import { certificatesReport } from '../../shared/certificates-report';
import { leftOutOfSshConfig } from '../../shared/fleet/rules/ssh-config';
import type { ServerId } from '../../shared/names';
import { restarts } from '../../shared/plan/restarts';
import type { Plan } from '../../shared/plan/plan';
import { originOf } from '../../shared/plan/desired';
import { problemOf } from '../../shared/problem';
import { fail, ok } from '../../shared/result';
import { adoptServers } from './adopt/adopt-servers';
import type { Person } from './connect/connection';
import { compareFleet } from './compare/compare-fleet';
import { leftBehindProblems } from './compare/left-behind';
import { lastComparisons } from './compare/kept-comparisons';
import { Connections, type ConnectionsOptions } from './connections';
import { deployJob } from './deploy/deploy-job';
import { historyOf } from './deploy/history';
import { planJob } from './deploy/plan-job';
import { RecentPlans } from './deploy/recent-plan';
import { runbookOf } from './deploy/runbook-of';
import type { Engine } from './engine';
import { fleetFrom, observe, observeFleet, type ObservedFleet } from './observe-fleet';
import { PracticeProcess } from './practice/practice-process';
import { dockerFolder, listContexts } from './connect/docker/context';
import { hostAliases } from './connect/ssh/host-aliases';
import { loadFleet, saveFleet } from './storage/fleet-files';
import { type Clock, systemClock } from './time';
import { fleetLogs, namingBy } from './watch/fleet-logs';
import { describeServer, statusOf } from './watch/status';
import { watchFleet } from './watch/watch-fleet';

export interface EngineOptions {
  /** The person's home folder: `~` in the fleet file, `~/.ssh`. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where journals lie. */
  readonly configDir: string;
  readonly person: Person;
  /** A line for the log file. Never a secret. */
  readonly log: (text: string) => void;
  /** The bundled practice host. */
  readonly practiceProgram: string;
  readonly clock?: Clock;
  /** For tests that break things: see `ConnectionsOptions`. */
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

/** Makes an engine. Nothing is connected until something is asked. */
export function createEngine(options: EngineOptions): Engine {
  const clock = options.clock ?? systemClock;
  const connections = new Connections({
    home: options.home,
    env: options.env,
    person: options.person,
    ...(options.between ? { between: options.between } : {}),
  });
  const recent = new RecentPlans(clock);
  const practice = new PracticeProcess(options.practiceProgram);
  return {
    loadFleet,
    saveFleet,
    testServer: async (text, id, call) => {
      const read = fleetFrom(text);
      if (!read.ok) return read;
      const server = read.value.fleet.servers.find((it) => it.id === id);
      if (!server) return fail(noSuchServer(id, text));
      const { observed } = await observe(server, text.path, connections, clock, call);
      const config = observed.config?.replication ?? null;
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
    status: async (text, call) => {
      const fleet = await observeFleet(text, connections, clock, call);
      if (!fleet.ok) return fleet;
      const left = await leftBehindProblems(options.configDir, fleet.value.fleet.servers);
      const status = await statusOf(fleet.value, clock, call);
      return ok({ ...status, problems: [...status.problems, ...left] });
    },
    plan: async (text, call) => {
      const at = clock.now();
      const job = call.job ?? { kind: 'apply' as const };
      const fleet = await observeFleet(text, connections, clock, call);
      if (!fleet.ok) return fleet;
      const { configDir } = options;
      const planned = await planJob(job, fleet.value, configDir);
      if (!planned.ok) return planned;
      recent.keep(text, job, at, { fleet: fleet.value, planned: planned.value });
      const left = await leftBehindProblems(configDir, fleet.value.fleet.servers);
      const { plan } = planned.value;
      return ok(viewOf({ ...plan, problems: [...plan.problems, ...left] }));
    },
    runbook: (text, call) =>
      runbookOf(text, call, { connections, clock, configDir: options.configDir, home: options.home }),
    certificates: async (text, call) => {
      const fleet = await observeFleet(text, connections, clock, call);
      if (!fleet.ok) return fleet;
      return ok(certificatesReport(fleet.value.fleet, fleet.value.observed, clock.now()));
    },
    compare: async (text, call) => {
      const fleet = await observeFleet(text, connections, clock, call);
      if (!fleet.ok) return fleet;
      const { say = () => undefined } = call;
      return ok(await compareFleet(fleet.value, { clock, configDir: options.configDir, say }, call));
    },
    lastComparisons: async (text) => {
      const read = fleetFrom(text);
      return read.ok ? ok(await lastComparisons(options.configDir, read.value.fleet)) : read;
    },
    history: async (text) => {
      const read = fleetFrom(text);
      return read.ok ? ok(await historyOf(text, read.value.fleet.name, options.configDir)) : read;
    },
    deploy: (text, consent, signal) =>
      deployJob(text, consent, signal, { connections, clock, configDir: options.configDir, recent }),
    logs: async function* (text, { server, follow, sinceMs }, signal) {
      const fleet = await observeFleet(text, connections, clock, { signal, timeoutMs: 60_000 });
      if (!fleet.ok) {
        yield fleet;
        return;
      }
      for (const it of fleet.value.observed)
        if (it.state === 'unreachable' && (server === null || it.id === server))
          for (const fault of it.faults) yield fail(fault);
      const sites = [...fleet.value.sites.values()].filter(
        (site) => server === null || site.server.id === server,
      );
      const naming = namingBy(originsOf(fleet.value));
      yield* fleetLogs(sites, naming, { follow, sinceMs }, clock, signal);
    },
    watch: (text, signal) => watchFleet(text, connections, clock, signal),
    startPractice: ({ servers }, call) => practice.start(servers, call),
    stopPractice: () => practice.stop(),
    adopt: (servers, fleetPath, call) => adoptServers(servers, fleetPath, connections, clock, call),
    sshAliases: async () => hostAliases(options.home),
    listContainers: (choice, call) => connections.listContainers(choice, call),
    dockerContexts: async () =>
      (await listContexts(dockerFolder(options))).map(({ name, endpoint }) => ({ name, endpoint })),
    close: async () => {
      await connections.close();
      await practice.stop();
    },
  };
}

function viewOf(plan: Plan): PlanView {
  return {
    fingerprint: plan.fingerprint,
    blocked: plan.blocked,
    steps: plan.steps.map((step) => ({
      id: step.id,
      server: step.server,
      action: step.action,
      needs: [...step.needs],
      requires: [...step.requires],
      summary: step.summary,
      why: step.why,
      risk: step.risk,
      diff: step.diff,
      erases: [...step.erases],
      restarts: restarts(step),
    })),
    problems: plan.problems,
  };
}

function originsOf(fleet: ObservedFleet): Map<ServerId, NonNullable<ReturnType<typeof originOf>>> {
  const byId = new Map(fleet.observed.map((it) => [it.id, it]));
  return new Map(
    fleet.fleet.servers.flatMap(({ id }) => {
      const origin = originOf(fleet.fleet, byId, id);
      return origin === null ? [] : [[id, origin] as const];
    }),
  );
}

const noSuchServer = (id: string, text: FleetText) => ({
  code: 'no-such-server',
  message: `The fleet has no server ${id}.`,
  fix: 'Check the id in the fleet file.',
  where: text.path === null ? { server: id } : { server: id, file: text.path },
});
