import { describePlace } from '../base/result';
import type { Problem, Severity } from '../base/problem';

/** How grave a problem is: the smaller, the graver. */
export const gravity: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** What makes two problems one: the rule, and what it is about. Their words may differ: `inactive (dead)` was `deactivating`. */
export const keyOf = ({ code, server, where }: Problem): string =>
  [code, server ?? '', describePlace(where)].join('|');

/**
 * Problems found by several readers, each once.
 * @param sources the newest reading first: its words count. What one source says of one place several times stays, as it is
 * about several things there; the very same words are said once.
 * @returns in the order of the sources; where they differ in severity, the graver counts.
 */
export function once(sources: readonly (readonly Problem[])[]): readonly Problem[] {
  const gravest = new Map<string, Severity>();
  for (const problem of sources.flat()) {
    const before = gravest.get(keyOf(problem));
    if (before === undefined || gravity[problem.severity] < gravity[before])
      gravest.set(keyOf(problem), problem.severity);
  }
  const saidBy = new Map<string, number>();
  const words = new Set<string>();
  return sources.flatMap((source, index) =>
    source.flatMap((problem): Problem[] => {
      const key = keyOf(problem);
      const said = `${key}|${problem.message}`;
      if ((saidBy.get(key) ?? index) !== index || words.has(said)) return [];
      saidBy.set(key, index);
      words.add(said);
      return [{ ...problem, severity: gravest.get(key) ?? problem.severity }];
    }),
  );
}
