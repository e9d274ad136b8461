import type { Invocation } from '../arguments';
import { loadFleet } from '../fleet-argument';
import { interruptedOf } from '../interrupted';
import { countProblems, faultProblem, hasErrors, problemsText, worstFirst } from '../text/problems';
import type { Problem } from '../../../shared/problem';
import { exit, type World } from '../world';

/** `kanilink check`: the file, then the servers. Changes nothing. */
export async function check({ fleet, json }: Invocation, world: World): Promise<number> {
  const { interrupted, found } = await findProblems(fleet, world);
  const problems = [...interrupted, ...worstFirst(found)];
  if (json) world.print(JSON.stringify({ problems }, null, 2));
  else if (problems.length === 0) world.print('No problems.');
  else {
    const parts = [problemsText(interrupted, world.paint), problemsText(found, world.paint)];
    world.print([...parts, countProblems(problems)].filter((part) => part !== '').join('\n\n'));
  }
  return hasErrors(problems) ? exit.failed : exit.well;
}

interface Found {
  readonly interrupted: readonly Problem[];
  readonly found: readonly Problem[];
}

async function findProblems(path: string, world: World): Promise<Found> {
  const loaded = await loadFleet(path, world);
  if (!loaded.ok) return { interrupted: [], found: loaded.problems };
  const call = { signal: world.signal, timeoutMs: 120_000, wait: false };
  const [interrupted, status] = await Promise.all([
    interruptedOf(loaded.text, world),
    world.engine.status(loaded.text, call),
  ]);
  return { interrupted, found: status.ok ? status.value.problems : [faultProblem(status.error)] };
}
