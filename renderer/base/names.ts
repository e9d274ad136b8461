/** Characters at the end that are always shown: what tells `identity-server-eu-03` from `identity-server-us-01`. */
const TAIL = 8;
/** A name that is hardly longer is not cut in two. */
const SHORT = 14;

/** A name in two: what may be cut where there is no room, and what never is. */
export const splitName = (name: string): { readonly head: string; readonly tail: string } =>
  name.length > SHORT ? { head: name.slice(0, -TAIL), tail: name.slice(-TAIL) } : { head: name, tail: '' };

/** A name within so many characters: its beginning and its end, `identity-ser…er-eu-03`. */
export const bothEnds = (name: string, most: number): string =>
  name.length > most ? `${name.slice(0, most - TAIL - 1)}…${name.slice(-TAIL)}` : name;
