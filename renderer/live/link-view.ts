import { describeChange, type Difference, type LayerLink } from '../../shared/fleet/difference/difference';
import { linkWords } from './link-words';
import { bothEnds } from '../base/names';
import { count, list } from '../base/words';
import { type PullView, toneOf, type Tone, worstOf } from './pull-view';

/** A link as the window may show it now: the health of what runs, and beside it what a deploy would do. */
export interface LinkView {
  readonly tone: Tone;
  readonly health: PullView['health'];
  /** `both ways · 4 s ago` */
  readonly words: string;
  /** `new`, `to be removed`, `both ways → one way, to idm-b`; empty: a deploy does nothing to it. */
  readonly difference: string;
  /** The same where room is short: on the canvas. */
  readonly brief: string;
}

/** @param pulls of the link; those that are only drawn count only where none runs. */
export function viewLink(link: LayerLink, pulls: readonly PullView[], now: number): LinkView {
  const running = pulls.filter((pull) => pull.health !== 'new');
  const counted = running.length > 0 ? running : pulls;
  const worst = worstOf(counted);
  return {
    tone: worst ? toneOf(worst.health) : 'quiet',
    health: worst?.health ?? 'unknown',
    words: linkWords(counted, now) || 'not known',
    difference: differenceWords(link.difference),
    brief: briefWords(link.difference),
  };
}

/** Characters of names that a pill has room for. */
const ROOM = 24;

function briefWords(difference: Difference): string {
  const { kind, notRead } = difference;
  if (kind !== 'not-known') return differenceWords(difference);
  const [first = ''] = notRead;
  return `not known: ${notRead.length === 1 ? bothEnds(first, ROOM) : count(notRead.length, 'server')} not read`;
}

/** What a deploy would do, or why that is not known; empty: nothing. */
export function differenceWords({ kind, changes, notRead }: Difference): string {
  switch (kind) {
    case 'same':
      return '';
    case 'new':
      return 'new';
    case 'removed':
      return 'to be removed';
    case 'kept':
      return 'not in the drawing; a deploy keeps it';
    case 'not-known':
      return `not known: ${list(notRead)} not read`;
    case 'changed': {
      const [first, ...more] = changes.map(describeChange);
      return more.length === 0 ? (first ?? '') : `${first ?? ''}, and ${more.length} more`;
    }
  }
}
