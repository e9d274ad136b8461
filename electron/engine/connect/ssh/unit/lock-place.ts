/** Only root may change it, and it is empty after a boot (hier(7), file-hierarchy(7)). */
export const RUN = '/run';

/** What names in it begin with. A unit's own, not a fleet's for the server: two fleets may name it differently. */
export const runName = (unit: string): string => `kanilink-${unit}`;

/** The lock of a unit, under one of its names. */
export const lockPath = (unit: string): string => `${RUN}/${runName(unit)}`;
