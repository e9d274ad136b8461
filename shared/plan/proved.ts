import type { StepState } from './deploy';
import type { Step } from './plan';

/** A step as far as it came. */
export interface RanStep {
  readonly action: Step['action'];
  readonly server: string;
  readonly state: StepState;
}

/**
 * What the steps that were done have proved, in sentences, and no more than that: pulls only by a step that watched
 * them. Empty when no step says anything of files, servers or pulls.
 */
export function whatIsProved(steps: readonly RanStep[]): string {
  const on = (...actions: readonly Step['action'][]): readonly string[] => [
    ...new Set(
      steps.filter((it) => it.state === 'done' && actions.includes(it.action)).map((it) => it.server),
    ),
  ];
  const watched = on('verify');
  if (watched.length > 0)
    return `What ${watched.join(' and ')} ${watched.length === 1 ? 'pulls' : 'pull'} has been seen to work, in fresh rounds.`;
  const [back, written, restarted] = [on('put-back'), on('configure'), on('restart')];
  const sentences = [
    back.length === 0 ? '' : `The earlier server.toml is back on ${back.join(' and ')}.`,
    written.length === 0 ? '' : `server.toml is as planned on ${written.join(' and ')}.`,
    restarted.length === 0 ? '' : `kanidmd was restarted on ${restarted.join(' and ')}.`,
  ].filter((sentence) => sentence !== '');
  const healthy = sentences.length === 0 ? [] : ['kanidmd answers there; no pull was watched.'];
  return [...sentences, ...healthy].join(' ');
}
