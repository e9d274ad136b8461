import { Later } from '../base/later.svelte';

/** What checks the messages that arrive. A start loads it after the first paint. */
export const contractReader = new Later(
  'The part of the window that reads messages',
  () => import('./read-contract'),
);

export type ContractReader = NonNullable<(typeof contractReader)['loaded']>;
