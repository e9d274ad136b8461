import type { Invocation } from '../arguments';
import { loadFleet } from '../fleet-argument';
import { countProblems, faultProblem, hasErrors, problemsText } from '../text/problems';
import type { Problem } from '../../../shared/problem';
import { exit, type World } from '../world';

/** `kanilink check`: the file, then the servers. Changes nothing. */
export async function check({ fleet, json }: Invocation, world: World): Promise<number> {
  const problems = await findProblems(fleet, world);
  if (json) world.print(JSON.stringify({ problems }, null, 2));
  else {
    const text = problemsText(problems, world.paint);
    world.print(text === '' ? 'No problems.' : `${text}\n\n${countProblems(problems)}`);
  }
  return hasErrors(problems) ? exit.failed : exit.well;
}

async function findProblems(path: string, world: World): Promise<readonly Problem[]> {
  const loaded = await loadFleet(path, world);
  if (!loaded.ok) return loaded.problems;
  const call = { signal: world.signal, timeoutMs: 120_000, wait: false };
  const status = await world.engine.status(loaded.text, call);
  return status.ok ? status.value.problems : [faultProblem(status.error)];
}
