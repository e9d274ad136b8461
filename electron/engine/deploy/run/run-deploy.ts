import { createHash } from 'node:crypto';
import type { Fleet } from '../../../../shared/fleet/model/fleet';
import type { FleetText } from '../../../../shared/ipc';
import type { DeployEvent, DeployOutcome } from '../../../../shared/plan/model/deploy';
import { notNamed, unnamedBy } from '../../../../shared/plan/consent';
import type { Plan } from '../../../../shared/plan/model/plan';
import { type Problem, problemOf } from '../../../../shared/base/problem';
import type { ServerId } from '../../../../shared/base/names';
import { fail, type Result } from '../../../../shared/base/result';
import type { Clock } from '../../base/time';
import { deleteOrphanedBackups } from '../../compare/orphaned-backups';
import { unexpected } from '../../base/unexpected';
import { ownMark } from '../../storage/process-mark';
import { expectedDurations } from '../journal/durations';
import { addToJournal, type Journal, openJournal } from '../journal/journal';
import { JOURNAL_FORMAT } from '../journal/journal-entry';
import type { JobKind } from '../../../../shared/plan/model/job';
import { claim } from '../journal/claim';
import { concerned, deployer, type Locks, releaseOrphanedLocks, takeLocks } from '../deployment/locks';
import { type DeployRecord, type PastDeploys, running } from '../journal/read-journal';
import { lookBefore } from './logins-before';
import { runSteps } from './run-steps';
import { type Deployment, newDeployment, type Site } from '../deployment/deployment';

export interface DeployRequest {
  readonly fleet: Fleet;
  /** The file the fleet was read from, kept with the journal. */
  readonly text: FleetText;
  readonly plan: Plan;
  readonly sites: ReadonlyMap<ServerId, Site>;
  /** Servers whose database the operator gave up by name. */
  readonly erase: readonly string[];
  readonly purpose: JobKind;
  /** The deploy that this one finishes or undoes. */
  readonly of: DeployRecord | null;
  /** More is to be planned when this is done: `of` is not settled yet. */
  readonly partial: boolean;
  /** The journals as the plan was made from them. */
  readonly past: PastDeploys;
  /** The operator asked to take stale locks over. */
  readonly takeOver: boolean;
  readonly configDir: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tell: (event: DeployEvent) => void;
}

/**
 * Carries a plan out, step by step in its order, with a journal and with a lock on every server it touches. Refuses
 * before any effect when the plan is blocked, erases a server that was not named, or a server is locked. Stops at the
 * first step that fails.
 */
export async function runDeploy(request: DeployRequest): Promise<DeployOutcome> {
  const { plan, clock, tell } = request;
  const finish = (outcome: DeployOutcome, problems: readonly Problem[]): DeployOutcome => {
    tell({ kind: 'finished', outcome, problems, at: clock.now() });
    return outcome;
  };
  const errors = plan.problems.filter((problem) => problem.severity === 'error');
  if (plan.blocked) return finish('refused', errors);
  const unnamed = unnamedBy(plan, request.erase);
  if (unnamed.length > 0) return finish('refused', [...unnamed.map(notNamed), ...errors]);
  // Nothing to do is only "unchanged" when nothing was left out because of an error.
  if (plan.steps.length === 0) {
    const settled = errors.length === 0 && request.of !== null && !request.partial;
    const kept = settled ? await settle(request.of, 'nothing was left to do', request) : [];
    return finish(errors.length > 0 ? 'failed' : 'unchanged', [...errors, ...kept]);
  }
  const past = request.past.deploys;
  const claimed = request.of === null ? null : await claim(request.of, past, request.configDir);
  if (claimed !== null && !claimed.ok) return finish('refused', [problemOf(claimed.error), ...errors]);
  const opened = await openJournal(request.configDir, clock);
  if (!opened.ok) return finish('refused', [problemOf(opened.error)]);
  const journal = opened.value;
  running.add(journal.deploy);
  try {
    const locked = await begin(request, journal).catch((error: unknown) => fail(unexpected(error)));
    if (!locked.ok) {
      const problem = problemOf(locked.error);
      await journal
        .write({ kind: 'finished', outcome: 'refused', problems: [problem] })
        .catch(() => undefined);
      return finish('refused', [problem, ...errors]);
    }
    tell({
      kind: 'started',
      deploy: journal.deploy,
      journal: journal.folder,
      at: clock.now(),
      expected: [...expectedDurations(plan.steps, past)],
    });
    const deployment = deploymentOf(request, journal, locked.value);
    try {
      const first = plan.steps[0]?.id;
      const say = (text: string): void => {
        if (first !== undefined) deployment.say(first, text);
      };
      const { check } = locked.value;
      const mine = new Map(sitesConcerned(request).map((site) => [site.server.id, site]));
      const left = await deleteOrphanedBackups(request.configDir, mine, say, check);
      await lookBefore(deployment, plan.steps, request.of);
      const ended = await runSteps(deployment, plan.steps, tell);
      const outcome = ended.outcome === 'done' && errors.length > 0 ? 'failed' : ended.outcome;
      if (deployment.trouble === null)
        await journal.write({ kind: 'finished', outcome, problems: ended.problems });
      const kept = (await locked.value.release()).map((fault) => problemOf(fault, 'warning'));
      if (outcome === 'done' && request.of !== null && !request.partial)
        kept.push(...(await settle(request.of, journal.deploy, request)));
      return finish(outcome, [...ended.problems, ...errors, ...kept, ...left]);
    } catch (error) {
      // The journal keeps no end: what was begun is not known to be over, so the deploy is one to resume.
      return finish('failed', [problemOf(unexpected(error)), ...errors]);
    } finally {
      // Nothing is left of them unless something unexpected was thrown.
      await locked.value.release();
    }
  } finally {
    running.delete(journal.deploy);
    await claimed?.value.release();
    await journal.close();
  }
}

/** The head of the journal, the fleet file, and the locks, before anything is touched. */
async function begin(request: DeployRequest, journal: Journal): Promise<Result<Locks>> {
  const { plan, text, fleet, of } = request;
  const lock = of?.header.lock ?? journal.deploy;
  try {
    await journal.write({
      kind: 'deploy',
      format: JOURNAL_FORMAT,
      deploy: journal.deploy,
      purpose: request.purpose,
      of: of?.deploy ?? null,
      lock,
      ...deployer(),
      pid: process.pid,
      process: await ownMark(request.configDir),
      fleet: {
        path: text.path,
        name: fleet.name,
        sha256: createHash('sha256').update(text.text).digest('hex'),
      },
      fingerprint: plan.fingerprint,
      erase: request.erase,
      steps: plan.steps,
    });
    await journal.keep('fleet.toml', text.text);
  } catch (error) {
    return fail({
      code: 'journal-unwritable',
      message: `The deploy’s journal cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      fix: 'Make room on this machine; nothing was changed.',
      where: { file: journal.folder },
    });
  }
  const sites = sitesConcerned(request);
  // A resume finds the locks of the deploy it finishes, and takes exactly these over without being asked.
  return takeLocks(sites, lock, request.takeOver || (of !== null && 'own'), request.clock, request.signal);
}

/** The servers that are locked. */
const sitesConcerned = (request: DeployRequest): readonly Site[] =>
  concerned(request.plan.steps).flatMap((id) => siteNamed(request, id));

function deploymentOf(request: DeployRequest, journal: Journal, locks: Locks): Deployment {
  const { fleet, sites, configDir, clock, signal, tell } = request;
  return newDeployment({
    ...{ fleet, sites, journal, configDir, clock, signal, locks },
    say: (step, text) => {
      tell({ kind: 'output', step, text, at: clock.now() });
      // Told for the history; a journal that cannot take it shows at the next effect.
      journal.write({ kind: 'output', step, text }).catch(() => undefined);
    },
  });
}

/**
 * The deploy and its resumes need no resuming any more. What they locked and nobody gave back is given back: a rollback that
 * touches one server ends a deploy that had locked three.
 */
async function settle(of: DeployRecord, by: string, request: DeployRequest): Promise<Problem[]> {
  const chain = request.past.deploys.filter((it) => it.header.lock === of.header.lock);
  for (const it of chain)
    if (it.settledBy === null && it.state !== 'running')
      await addToJournal(it.folder, { kind: 'settled', by, purpose: request.purpose }, request.clock);
  const steps = [...chain.flatMap((it) => it.header.steps), ...request.plan.steps];
  const locked = concerned(steps).flatMap((id) => siteNamed(request, id));
  const kept = await releaseOrphanedLocks(locked, of.header.lock, request.clock);
  return kept.map((fault) => problemOf(fault, 'warning'));
}

/** The server of that id; none: it left the fleet since. */
const siteNamed = (request: DeployRequest, id: string): readonly Site[] =>
  [...request.sites.values()].filter((it) => it.server.id === id);
