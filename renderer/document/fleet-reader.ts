import { Later } from '../base/later.svelte';

/** What reads, judges and edits fleet files. The start screen does without: no fleet is taken before it is loaded. */
export const fleetReader = new Later(
  'The part of the window that reads fleets',
  () => import('./fleet-reading'),
);

export type FleetReader = NonNullable<(typeof fleetReader)['loaded']>;

/** The same, where a fleet is open. */
export function ofOpenFleet(): FleetReader {
  if (fleetReader.loaded === null) throw new Error('a fleet is open before what reads it is loaded');
  return fleetReader.loaded;
}
