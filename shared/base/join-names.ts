/** How many of a long list a message names. */
const NAMED = 6;

/** Names in a message: all of a few, else the first and how many more. A fleet of a thousand servers stays readable. */
export function joinNames(names: Iterable<string>, between = ', '): string {
  const all = [...names];
  if (all.length <= NAMED + 1) return all.join(between);
  return counted(all.slice(0, NAMED), all.length, between);
}

/** The first names of `count`. */
export const counted = (first: readonly string[], count: number, between = ', '): string =>
  count > first.length ? `${first.join(between)} and ${count - first.length} more` : first.join(between);
