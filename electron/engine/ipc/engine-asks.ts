import { asks, type AskOf } from '../../../shared/ipc';
import { ok } from '../../../shared/base/result';
import type { Call } from '../base/call';
import type { GuardedEngine } from '../trust/guard-engine';
import { answering, type Answering } from './answering';

/** What answering an ask of the window needs. */
export interface AskContext {
  readonly engine: GuardedEngine;
  readonly call: Call;
}

const SECOND = 1000;

/**
 * The engine's answers to the window, each with its time limit. A probe asks every server side by side, each command of
 * which kanidmd ends after 15 s by itself (`kanidm.md`, "Admin socket").
 */
export const engineAsks: Readonly<Record<AskOf<'engine'>, Answering<AskContext>>> = {
  'fleet.load': answering(asks['fleet.load'], 10 * SECOND, ({ path }, { engine }: AskContext) =>
    engine.loadFleet(path),
  ),
  'fleet.trust': answering(asks['fleet.trust'], 60 * SECOND, ({ fleet }, { engine, call }: AskContext) =>
    engine.trustFleet(fleet, call),
  ),
  'fleet.judge': answering(asks['fleet.judge'], 10 * SECOND, ({ fleet, mine }, { engine }: AskContext) =>
    engine.judgeFleet(fleet, mine),
  ),
  'fleet.save': answering(
    asks['fleet.save'],
    10 * SECOND,
    ({ path, expect, from, ...text }, { engine }: AskContext) =>
      engine.saveFleet({ ...text, path }, expect, from),
  ),
  'server.test': answering(
    asks['server.test'],
    90 * SECOND,
    ({ fleet, server }, { engine, call }: AskContext) => engine.testServer(fleet, server, call),
  ),
  'servers.adopt': answering(
    asks['servers.adopt'],
    120 * SECOND,
    ({ servers, fleetPath }, { engine, call }: AskContext) => engine.adopt(servers, fleetPath, call),
  ),
  'fleet.status': answering(asks['fleet.status'], 120 * SECOND, ({ fleet }, { engine, call }: AskContext) =>
    engine.status(fleet, { ...call, wait: false }),
  ),
  'fleet.plan': answering(
    asks['fleet.plan'],
    120 * SECOND,
    ({ fleet, ...how }, { engine, call }: AskContext) => engine.plan(fleet, { ...call, ...how }),
  ),
  'fleet.runbook': answering(
    asks['fleet.runbook'],
    120 * SECOND,
    async ({ fleet, fingerprint, job }, { engine, call }: AskContext) => {
      const made = await engine.runbook(fleet, {
        ...call,
        fingerprint,
        ...(job === undefined ? {} : { job }),
      });
      return made.ok ? ok({ markdown: made.value }) : made;
    },
  ),
  'fleet.deploys': answering(asks['fleet.deploys'], 10 * SECOND, ({ fleet }, { engine }: AskContext) =>
    engine.pastDeploys(fleet),
  ),
  'history.read': answering(
    asks['history.read'],
    30 * SECOND,
    ({ fleet, stretch }, { engine, call }: AskContext) => engine.history(fleet, stretch, call.signal),
  ),
  'history.bound': answering(
    asks['history.bound'],
    60 * SECOND,
    async ({ bound }, { engine }: AskContext) => {
      const set = await engine.boundHistory(bound);
      return set.ok ? ok({}) : set;
    },
  ),
  'history.glances': answering(asks['history.glances'], 10 * SECOND, async (_, { engine }: AskContext) =>
    ok([...(await engine.glances())]),
  ),
  'logs.older': answering(asks['logs.older'], 90 * SECOND, ({ fleet, back }, { engine, call }: AskContext) =>
    engine.olderLogs(fleet, back, call),
  ),
  'fleet.compare': answering(
    asks['fleet.compare'],
    1800 * SECOND,
    ({ fleet }, { engine, call }: AskContext) => engine.compare(fleet, call),
  ),
  'fleet.ruv': answering(
    asks['fleet.ruv'],
    30 * 60 * SECOND,
    async ({ fleet }, { engine, call }: AskContext) => {
      const seen = await engine.status(fleet, { ...call, wait: false, ruv: true });
      return seen.ok ? ok(seen.value.ruv ?? { servers: [], pulls: [] }) : seen;
    },
  ),
  'fleet.answers': answering(
    asks['fleet.answers'],
    240 * SECOND,
    ({ fleet, ...asked }, { engine, call }: AskContext) => engine.answers(fleet, asked, call),
  ),
  'database.size': answering(
    asks['database.size'],
    90 * SECOND,
    ({ fleet, server }, { engine, call }: AskContext) => engine.databaseSize(fleet, server, call),
  ),
  'database.summary': answering(
    asks['database.summary'],
    900 * SECOND,
    ({ fleet, server }, { engine, call }: AskContext) => engine.databaseSummary(fleet, server, call),
  ),
  'fleet.diagnose': answering(
    asks['fleet.diagnose'],
    120 * SECOND,
    async ({ fleet, withoutAddresses }, { engine, call }: AskContext) => {
      const made = await engine.diagnose(fleet, { withoutAddresses, problems: [] }, call);
      return made.ok ? ok({ text: made.value }) : made;
    },
  ),
  'fleet.comparisons': answering(
    asks['fleet.comparisons'],
    10 * SECOND,
    ({ fleet }, { engine }: AskContext) => engine.lastComparisons(fleet),
  ),
  'fleet.certificates': answering(
    asks['fleet.certificates'],
    120 * SECOND,
    ({ fleet }, { engine, call }: AskContext) => engine.certificates(fleet, call),
  ),
  'practice.start': answering(
    asks['practice.start'],
    60 * SECOND,
    ({ servers }, { engine, call }: AskContext) => engine.startPractice({ servers }, call),
  ),
  'practice.stop': answering(asks['practice.stop'], 30 * SECOND, async (_, { engine }: AskContext) => {
    await engine.stopPractice();
    return ok({});
  }),
  'ssh.aliases': answering(asks['ssh.aliases'], 10 * SECOND, async (_, { engine }: AskContext) =>
    ok([...(await engine.sshAliases())]),
  ),
  'docker.containers': answering(
    asks['docker.containers'],
    60 * SECOND,
    async (choice, { engine, call }: AskContext) => {
      const found = await engine.listContainers(choice, call);
      return found.ok ? ok(found.value.map((it) => ({ ...it, ports: [...it.ports] }))) : found;
    },
  ),
  'docker.contexts': answering(asks['docker.contexts'], 10 * SECOND, async (_, { engine }: AskContext) =>
    ok([...(await engine.dockerContexts())]),
  ),
};
