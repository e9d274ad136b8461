import type { Invocation } from '../base/arguments';
import { loadFleet } from '../base/fleet-argument';
import { jsonText } from '../text/json';
import { problemsText } from '../text/problems';
import { exit, type World } from '../base/world';

/** `kanilink trust`: asks whether to trust a fleet file with what it uses. Dials nothing. */
export async function trust({ fleet, json }: Invocation, world: World): Promise<number> {
  const loaded = await loadFleet(fleet, world);
  const problems = loaded.ok ? [] : loaded.problems;
  if (json) world.print(jsonText({ trusted: loaded.ok, problems }));
  else if (loaded.ok) world.print(`${loaded.text.path} is trusted.`);
  else world.print(problemsText(problems, world.paint));
  return loaded.ok ? exit.well : exit.failed;
}
