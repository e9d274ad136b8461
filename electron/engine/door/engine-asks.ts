import { asks, type AskOf } from '../../../shared/ipc';
import { ok } from '../../../shared/result';
import type { Call } from '../connect/connection';
import type { Engine } from '../engine';
import { answering, type Answering } from './answering';

/** What answering an ask of the window needs. */
export interface AskContext {
  readonly engine: Engine;
  readonly call: Call;
}

const SECOND = 1000;

/**
 * The engine's answers to the window, each with its time limit. A probe asks every server side by side, each command of
 * which kanidmd ends after 15 s by itself (`kanidm.md`, Commands).
 */
export const engineAsks: Readonly<Record<AskOf<'engine'>, Answering<AskContext>>> = {
  'fleet.load': answering(asks['fleet.load'], 10 * SECOND, ({ path }, { engine }: AskContext) =>
    engine.loadFleet(path),
  ),
  'fleet.save': answering(asks['fleet.save'], 10 * SECOND, ({ path, text, expect }, { engine }: AskContext) =>
    engine.saveFleet(path, text, expect),
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
  'fleet.plan': answering(asks['fleet.plan'], 120 * SECOND, ({ fleet, job }, { engine, call }: AskContext) =>
    engine.plan(fleet, job === undefined ? call : { ...call, job }),
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
  'fleet.history': answering(asks['fleet.history'], 10 * SECOND, ({ fleet }, { engine }: AskContext) =>
    engine.history(fleet),
  ),
  'fleet.compare': answering(
    asks['fleet.compare'],
    1800 * SECOND,
    ({ fleet }, { engine, call }: AskContext) => engine.compare(fleet, call),
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
