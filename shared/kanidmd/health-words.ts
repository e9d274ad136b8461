import type { Health } from './health';

/** A health in words. */
export const healthWords: Readonly<Record<Health, string>> = {
  replicating: 'replicating',
  waiting: 'waiting',
  'needs-refresh': 'needs a refresh',
  broken: 'broken',
  paused: 'paused',
  unknown: 'unknown',
};
/** The same behind a number: `2 pulls to be refreshed`. */
export const countedHealth: Readonly<Record<Health, string>> = {
  ...healthWords,
  'needs-refresh': 'to be refreshed',
};

/** The worst first: what most needs attention. */
export const gravity: readonly Health[] = [
  'broken',
  'needs-refresh',
  'paused',
  'unknown',
  'waiting',
  'replicating',
];
