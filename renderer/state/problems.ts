import type { Problem } from '../../shared/problem';

const gravity = { error: 0, warning: 1, info: 2 };

/** Problems found by several rules or readers, each once, the gravest first. */
export function eachOnce(problems: readonly Problem[]): readonly Problem[] {
  const found = new Map<string, Problem>();
  for (const problem of problems) {
    const name = `${problem.code}|${problem.server ?? ''}|${problem.message}`;
    if (!found.has(name)) found.set(name, problem);
  }
  return [...found.values()].sort((a, b) => gravity[a.severity] - gravity[b.severity]);
}
