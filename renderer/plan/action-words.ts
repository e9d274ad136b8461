import type { PlanStep } from './plan-words';

/** What a step does to its server, in a word or two. */
export const actionWords: Readonly<Record<PlanStep['action'], string>> = {
  configure: 'writes and restarts',
  restart: 'restarts',
  'read-certificate': 'only reads',
  'renew-certificate': 'new certificate',
  backup: 'backup',
  refresh: 'refresh',
  verify: 'proof',
  'put-back': 'puts a file back and restarts',
  compare: 'compares data',
};
