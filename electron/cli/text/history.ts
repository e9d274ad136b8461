import type { DeployHistory, HistoryDeploy } from '../../../shared/plan/history';
import { harmless, type Paint } from './paint';
import { indent } from './table';

/** What can be done about a past deploy. */
export type Possible = 'resume' | 'rollback';

/**
 * What the engine would let one do: an interrupted deploy is finished or undone; of one that is over, the files can be
 * put back while it wrote some, is not undone already, and no certificate was renewed in it.
 */
export function whatCanBeDone(
  it: HistoryDeploy,
  { deploys, interrupted }: DeployHistory,
): readonly Possible[] {
  if (it.state === 'running') return [];
  const renewed = it.steps.some(({ action, state }) => action === 'renew-certificate' && state !== 'pending');
  const back: readonly Possible[] = renewed ? [] : ['rollback'];
  if (it.deploy === interrupted) return ['resume', ...back];
  const undone = deploys.some(({ deploy, purpose }) => deploy === it.settledBy && purpose === 'rollback');
  return it.files.length > 0 && it.purpose !== 'rollback' && !undone ? back : [];
}

/** The deploys of a fleet, newest first: when, who, how it ended, what it did, what can be done. */
export function historyText(history: DeployHistory, paint: Paint): string {
  if (history.deploys.length === 0) return 'No deploy of this fleet is in the history.';
  return history.deploys.map((it) => deployText(it, history, paint)).join('\n\n');
}

function deployText(it: HistoryDeploy, history: DeployHistory, paint: Paint): string {
  const colour = ending(it) === 'done' ? paint.good : it.state === 'running' ? paint.quiet : paint.warn;
  const of = it.of === null ? '' : ` of ${it.of}`;
  const head = `${paint.strong(it.deploy)}  ${it.purpose}${of}: ${colour(ending(it))}`;
  const when = `${it.at.slice(0, 19).replace('T', ' ')} UTC, ${harmless(it.who)} on ${harmless(it.host)}`;
  const steps = it.steps.map((step) => `${marks[step.state]} ${harmless(step.summary)}`);
  return [head, indent([paint.quiet(when), ...steps, ...adviceOn(it, history)].join('\n'), 4)].join('\n');
}

function ending(it: HistoryDeploy): string {
  if (it.state === 'running') return 'running';
  const end = it.state === 'interrupted' ? 'interrupted' : (it.outcome ?? 'ended');
  return it.settledBy === null ? end : `${end}, settled by ${it.settledBy}`;
}

function adviceOn(it: HistoryDeploy, history: DeployHistory): readonly string[] {
  return whatCanBeDone(it, history).map((possible) => {
    if (possible === 'resume') return 'Finish it: kanilink resume FLEET';
    return it.deploy === history.interrupted
      ? 'Undo it: kanilink rollback FLEET'
      : `Put its files back: kanilink rollback FLEET --deploy ${it.deploy}`;
  });
}

const marks: Readonly<Record<HistoryDeploy['steps'][number]['state'], string>> = {
  pending: '·',
  begun: '? begun:',
  done: '✓',
  failed: '✗',
};
