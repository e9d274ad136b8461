import { count } from '../state/words';
import { type PullView, toneOf, type Tone, worstOf } from './pull-view';

/** The fleet's health in one line. */
export interface Summary {
  readonly tone: Tone;
  readonly text: string;
}

/** Says how many pulls are in the worst state there is: `2 of 4 pulls broken`. */
export function summarise(pulls: readonly PullView[]): Summary {
  const worst = worstOf(pulls);
  if (!worst) return { tone: 'quiet', text: 'no links yet' };
  const same = pulls.filter((pull) => pull.health === worst.health).length;
  const all = pulls.length;
  const how = phrase[worst.health];
  const text = same === all ? `${every(all)} ${how}` : `${same} of ${count(all, 'pull')} ${how}`;
  return { tone: toneOf(worst.health), text };
}

const phrase: Record<PullView['health'], string> = {
  replicating: 'replicating',
  waiting: 'waiting',
  'needs-refresh': 'to be refreshed',
  broken: 'broken',
  paused: 'paused',
  unknown: 'unknown',
  new: 'not deployed',
};

const every = (n: number): string => (n === 1 ? '1 pull' : n === 2 ? 'both pulls' : `all ${n} pulls`);
