import { partnersOf, pulls, type ServerConfig } from './server-config';

/**
 * How many suppliers a server has that may refresh itself: with more than one it takes the data of whichever answers first
 * (`kanidm.md`, "Refresh erases", 2).
 * @returns 0 where it has one, or may not.
 */
export function refreshesFromSeveral(config: ServerConfig | null): number {
  const suppliers = partnersOf(config).filter(({ type }) => pulls(type));
  const isFlagged = suppliers.some(({ automaticRefresh }) => automaticRefresh);
  return isFlagged && suppliers.length > 1 ? suppliers.length : 0;
}

/** What it says of one. @param id the server, or what stands for it in a sentence. @param suppliers how many. */
export const takesWhichever = (id: string, suppliers: number): string =>
  `${id} may refresh itself (automatic_refresh) and has ${suppliers} suppliers: it would take the data of whichever answers first, for good.`;
