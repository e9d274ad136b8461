import { countedHealth } from '../../shared/kanidmd/health-words';
import { count } from '../base/words';
import { type PullView, toneOf, type Tone, worstOf } from './pull-view';

/** The fleet's health in one line. */
export interface Summary {
  readonly tone: Tone;
  readonly text: string;
}

/**
 * Says how many pulls are in the worst state there is: `2 of 4 pulls broken`.
 *
 * @param broken what is broken of HTTPS and logins: no health of pulls makes it good
 * @param notRead servers that were not read: that nothing is linked is not known then
 */
export function summarise(
  pulls: readonly PullView[],
  notRead: readonly string[],
  broken = 0,
  deploying = false,
): Summary {
  const rounds = summariseRounds(pulls, notRead, deploying);
  const { tone, text }: Summary =
    broken === 0 ? rounds : { tone: 'bad', text: `${rounds.text}, logins broken` };
  return { tone, text: deploying && tone === 'bad' ? `${text}, while it deploys` : text };
}

function summariseRounds(
  pulls: readonly PullView[],
  notRead: readonly string[],
  deploying: boolean,
): Summary {
  const worst = worstOf(pulls);
  if (!worst)
    return notRead.length === 0
      ? { tone: 'quiet', text: 'no links yet' }
      : { tone: 'quiet', text: notReadWords(notRead) };
  const same = pulls.filter((pull) => pull.health === worst.health).length;
  const all = pulls.length;
  const how = deploying && worst.health === 'new' ? 'not deployed yet' : phrase[worst.health];
  const text = same === all ? `${every(all)} ${how}` : `${same} of ${count(all, 'pull')} ${how}`;
  return { tone: toneOf(worst.health), text };
}

/** `2 servers not read`. */
export const notReadWords = (notRead: readonly string[]): string =>
  `${count(notRead.length, 'server')} not read`;

const phrase: Record<PullView['health'], string> = { ...countedHealth, new: 'not deployed' };

const every = (n: number): string => (n === 1 ? '1 pull' : n === 2 ? 'both pulls' : `all ${n} pulls`);
