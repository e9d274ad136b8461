import type { StepState } from './deploy';
import { type StepKind, stepKinds } from '../steps/step';

/** A step as far as it came. */
export interface RanStep {
  readonly action: StepKind;
  readonly server: string;
  readonly state: StepState;
}

/**
 * What the steps that were done have proved, in sentences, and no more than that: pulls only by a step that watched
 * them. Empty when no step says anything of files, servers or pulls.
 */
export function whatIsProved(steps: readonly RanStep[]): string {
  const said = Object.entries(stepKinds).flatMap(([action, { kind }]) => {
    const { past } = kind;
    const done = steps.filter((it) => it.state === 'done' && it.action === action);
    const servers = [...new Set(done.map((it) => it.server))];
    return past === null || servers.length === 0 ? [] : [{ pulls: past.pulls, words: past.words(servers) }];
  });
  const watched = said.filter((it) => it.pulls);
  if (watched.length > 0) return watched.map((it) => it.words).join(' ');
  const sentences = said.map((it) => it.words);
  const healthy = sentences.length === 0 ? [] : ['kanidmd answers there; no pull was watched.'];
  return [...sentences, ...healthy].join(' ');
}
