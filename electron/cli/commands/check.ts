import type { Invocation } from '../base/arguments';
import { loadFleet } from '../base/fleet-argument';
import { interruptedOf } from '../base/interrupted';
import { countProblems, hasErrors, problemsText, worstFirst } from '../text/problems';
import { type Problem, problemOf } from '../../../shared/base/problem';
import { exit, type World } from '../base/world';
import { jsonText } from '../text/json';

/** `kanilink check`: the file, then the servers. Changes nothing. */
export async function check({ fleet, json }: Invocation, world: World): Promise<number> {
  const { interrupted, found } = await findProblems(fleet, world);
  const problems = [...interrupted, ...worstFirst(found)];
  if (json) world.print(jsonText({ problems }));
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
  return { interrupted, found: status.ok ? status.value.problems : [problemOf(status.error)] };
}
