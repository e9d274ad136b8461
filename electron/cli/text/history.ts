import type { DeployHistory, HistoryDeploy, UnreadDeploy } from '../../../shared/plan/model/history';
import { escapeControls } from '../../../shared/base/escape-controls';
import type { Paint } from './paint';
import { indent } from './table';

/** The deploys of a fleet, newest first: when, who, how it ended, what it did, what can be done. */
export function historyText(history: DeployHistory, paint: Paint): string {
  const over = history.unreadable.filter((it) => it.over).map((it) => unreadText(it, paint));
  const all = [...history.deploys.map((it) => deployText(it, history, paint)), ...over];
  return all.length === 0 ? 'No deploy of this fleet is in the history.' : all.join('\n\n');
}

function deployText(it: HistoryDeploy, history: DeployHistory, paint: Paint): string {
  const colour = ending(it) === 'done' ? paint.good : it.state === 'running' ? paint.quiet : paint.warn;
  const of = it.of === null ? '' : ` of ${it.of}`;
  const head = `${paint.strong(it.deploy)}  ${it.purpose}${of}: ${colour(ending(it))}`;
  const when = `${it.at.slice(0, 19).replace('T', ' ')} UTC, ${escapeControls(it.who)} on ${escapeControls(it.host)}`;
  const steps = it.steps.map((step) => `${marks[step.state]} ${escapeControls(step.summary)}`);
  return [head, indent([paint.quiet(when), ...steps, ...adviceOn(it, history)].join('\n'), 4)].join('\n');
}

/** One whose journal cannot be read and that is over; those that may not be stand among the problems. */
function unreadText({ deploy, at, who, host, outcome }: UnreadDeploy, paint: Paint): string {
  const when = at === null ? '' : `${at.slice(0, 19).replace('T', ' ')} UTC, `;
  const by = `${escapeControls(who ?? 'somebody')} on ${escapeControls(host ?? 'some machine')}`;
  const end = outcome === null ? 'over' : `ended: ${escapeControls(outcome)}`;
  const head = `${paint.strong(deploy)}  ${paint.quiet(`cannot be read; ${end}`)}`;
  return [head, indent(paint.quiet(`${when}${by}`), 4)].join('\n');
}

function ending(it: HistoryDeploy): string {
  if (it.state === 'running') return 'running';
  const end = it.state === 'interrupted' ? 'interrupted' : (it.outcome ?? 'ended');
  return it.settledBy === null ? end : `${end}, settled by ${it.settledBy}`;
}

function adviceOn(it: HistoryDeploy, history: DeployHistory): readonly string[] {
  return it.possible.map((possible) => {
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
