/** `/run` is empty after a boot. The lock belongs to the unit, not to the fleet's name for the server. */
export const lockName = (unit: string): string => `/run/lock/kanilink-${unit}`;
