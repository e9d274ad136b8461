import { z } from 'zod';

/** Minutes between two looks at the logins of a fleet that is watched; 0: never. */
export const loginsEvery = z.int().min(0).max(1_440);

export { LOGINS_EVERY } from './by-itself';
