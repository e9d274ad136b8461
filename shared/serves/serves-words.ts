import type { ServesReport } from './serves';

/** How many servers do not serve, and on how many pulls logins are broken. */
export const countBroken = ({ servers, logins }: ServesReport): number =>
  [...servers, ...logins].filter(({ state }) => state === 'broken').length;

/** What one look leaves in a server's log: 11 lines of an anonymous login, and 2 of each session of a partner. */
export const LOOK_LEAVES = '13 lines or more';

/** A state in words. */
export const servesWords = {
  serves: 'serves',
  good: 'good',
  broken: 'broken',
  unknown: 'unknown',
} as const;
