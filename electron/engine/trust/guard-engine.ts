import type { TrustQuestion } from '../../../shared/fleet/model/trust';
import { FLEET_UNTRUSTED } from '../../../shared/fleet/model/trust-codes';
import type { FleetText } from '../../../shared/ipc';
import { problemOf } from '../../../shared/base/problem';
import { fail, type Fault, ok, type Result } from '../../../shared/base/result';
import type { Call } from '../base/call';
import type { Engine } from '../api/engine';
import { HOW_TO_TRUST } from '../connect/common/this-machine';
import { loadFleet } from '../storage/fleet-files';
import type { Decided, FleetTrust } from './fleet-trust';

/** An engine that acts on no fleet file before a person trusts it: what the window and the command line get. */
export interface GuardedEngine extends Omit<Engine, 'loadFleet' | 'saveFleet'> {
  /** `trusted`: false until a person has agreed to what the file uses; until then it can be shown, and nothing more. */
  loadFleet(
    path: string,
  ): Promise<Result<{ readonly path: string; readonly text: string; readonly trusted: boolean }>>;
  /**
   * As the engine's own. What is saved is trusted when what it was before is.
   *
   * @param from the file the text was before, the same or another; null: it was made here
   */
  saveFleet(
    text: FleetText & { readonly path: string },
    expect: string | null,
    from: string | null,
  ): Promise<Result<{ readonly path: string }>>;
  /**
   * Whether a text that did not come from the window's own edits, or that an engine started anew does not know, may be acted
   * on as this fleet; until it may, nothing is.
   *
   * @param mine what the window held that is the person's own; null: nothing
   */
  judgeFleet(fleet: FleetText, mine: string | null): Promise<Result<{ readonly trusted: boolean }>>;
  /** Whether anything may be done for a fleet; where not, the fault that says so. */
  mayAct(fleet: FleetText): Promise<Result<null>>;
  /** Asks the person whether to trust a fleet file with what it uses, unless it is trusted already. */
  trustFleet(fleet: FleetText, call: Call): Promise<Result<Decided>>;
}

/** Asks a person, in the app's own dialog or on the terminal. @returns whether they trust the file */
export type AskTrust = (question: TrustQuestion, signal: AbortSignal) => Promise<boolean>;

/**
 * Puts trust before everything an engine does with a fleet: dialling, looking names up, reading keys, certificates and
 * known_hosts. What only reads this computer's own journals needs none.
 */
export function guardEngine(
  engine: Engine,
  trust: FleetTrust,
  ask: AskTrust,
  now: () => number,
): GuardedEngine {
  const guarded =
    <A extends readonly unknown[], T>(work: (fleet: FleetText, ...more: A) => Promise<Result<T>>) =>
    async (fleet: FleetText, ...more: A): Promise<Result<T>> =>
      (await trust.allows(fleet)) ? await work(fleet, ...more) : fail(untrusted(fleet.path));
  let practice: string | null = null;
  const forgetPractice = async (): Promise<void> => {
    if (practice !== null) await trust.forget(practice);
    practice = null;
  };
  return {
    // Of this computer alone, or of what the person typed. Each is named: a new way of asking does not compile unjudged.
    pastDeploys: engine.pastDeploys,
    watchDeploys: engine.watchDeploys,
    history: engine.history,
    boundHistory: engine.boundHistory,
    glances: engine.glances,
    lastComparisons: engine.lastComparisons,
    notRunning: engine.notRunning,
    adopt: engine.adopt,
    sshAliases: engine.sshAliases,
    listContainers: engine.listContainers,
    dockerContexts: engine.dockerContexts,
    // It reads the file itself, as loading it does.
    watchFile: engine.watchFile,
    // They only let what is watched already, and so trusted, be looked at.
    lookAnew: engine.lookAnew,
    wake: engine.wake,
    loadFleet: async (path) => {
      const loaded = await engine.loadFleet(path);
      return loaded.ok ? ok({ ...loaded.value, trusted: await trust.loaded(loaded.value) }) : loaded;
    },
    saveFleet: async (text, expect, from) => {
      const saved = await engine.saveFleet(text.path, text.text, expect);
      if (saved.ok) await trust.saved({ ...text, path: saved.value.path }, from);
      return saved;
    },
    mayAct: guarded(() => Promise.resolve(ok(null))),
    judgeFleet: async (fleet, mine) => ok({ trusted: await trust.judge(fleet, mine) }),
    trustFleet: async (fleet, { signal }) =>
      ok(await trust.decide(fleet, (question) => ask(question, signal))),
    testServer: guarded(engine.testServer),
    helper: guarded(engine.helper),
    status: guarded(engine.status),
    plan: guarded(engine.plan),
    runbook: guarded(engine.runbook),
    olderLogs: guarded(engine.olderLogs),
    certificates: guarded(engine.certificates),
    compare: guarded(engine.compare),
    answers: guarded(engine.answers),
    databaseSize: guarded(engine.databaseSize),
    databaseSummary: guarded(engine.databaseSummary),
    diagnose: async (fleet, asked, call) => {
      if (fleet === null || (await trust.allows(fleet))) return engine.diagnose(fleet, asked, call);
      const problems = [...asked.problems, problemOf(untrusted(fleet.path))];
      return engine.diagnose(null, { ...asked, problems }, call);
    },
    deploy: async function* (fleet, consent, signal) {
      if (await trust.allows(fleet)) yield* engine.deploy(fleet, consent, signal);
      else {
        const problems = [problemOf(untrusted(fleet.path))];
        yield { kind: 'finished', outcome: 'refused', problems, at: now() };
      }
    },
    logs: async function* (fleet, options, signal) {
      if (await trust.allows(fleet)) yield* engine.logs(fleet, options, signal);
      else yield [fail(untrusted(fleet.path))];
    },
    watch: async function* (fleet, signal, ...every) {
      if (await trust.allows(fleet)) yield* engine.watch(fleet, signal, ...every);
    },
    startPractice: async (options, call) => {
      const started = await engine.startPractice(options, call);
      const made = started.ok ? await loadFleet(started.value.path) : started;
      if (made.ok) {
        practice = made.value.path;
        // What a practice fleet held that ended without a word is nothing to this one.
        await trust.forget(practice);
        await trust.trust(made.value);
      }
      return started;
    },
    stopPractice: async () => {
      await forgetPractice();
      await engine.stopPractice();
    },
    close: async () => {
      await forgetPractice();
      await engine.close();
    },
  };
}

/** Says that nothing was done for a fleet file, and how to trust it. */
export const untrusted = (path: string | null): Fault => ({
  code: FLEET_UNTRUSTED,
  message:
    'This fleet file is not trusted yet, or not with what its files hold now, so none of its servers was contacted.',
  fix: HOW_TO_TRUST,
  where: path === null ? {} : { file: path },
});
