import { ago } from '../base/words';
import { healthWords, type PullView, worstOf } from './pull-view';

/** What stands on a link's pill: `both ways · 4 s ago`, or the cause of the worst of its pulls. */
export function linkWords(pulls: readonly PullView[], now: number): string {
  const worst = worstOf(pulls);
  if (!worst) return '';
  if (worst.health === 'replicating') {
    const ways = pulls.length === 2 ? 'both ways' : 'one way';
    const ages = pulls.map((pull) => pull.lastSuccess).filter((at) => at !== null);
    return ages.length > 0 ? `${ways} · ${ago(Math.min(...ages), now)}` : ways;
  }
  if (worst.health === 'broken') return short(worst.cause) || 'broken';
  return healthWords(worst.health);
}

/** A sentence down to its first clause, for a pill; the whole of it is one hover, focus or click away. */
function short(sentence: string): string {
  const clause = sentence.split(/[:;(]|\.\s|\.$/, 1)[0]?.trim() ?? '';
  return clause.length > 40 ? `${clause.slice(0, 39).trimEnd()}…` : clause;
}
