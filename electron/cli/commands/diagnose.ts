import { type Problem, problemOf } from '../../../shared/base/problem';
import type { Invocation } from '../base/arguments';
import { loadFleet } from '../base/fleet-argument';
import { saveNew } from '../base/save-new';
import { jsonText } from '../text/json';
import { problemsText } from '../text/problems';
import { exit, type World } from '../base/world';

/** Time to probe every server. */
const PROBE_MS = 120_000;

/**
 * `kanilink diagnose`: what helps to find out what went wrong, made to be given away. A fleet file that cannot be used is
 * told of too; then no server is asked.
 */
export async function diagnose(
  { fleet, json, output, withoutAddresses }: Invocation,
  world: World,
): Promise<number> {
  const loaded = await loadFleet(fleet, world);
  const problems = loaded.ok ? [] : loaded.problems;
  const call = { signal: world.signal, timeoutMs: PROBE_MS };
  const asked = { withoutAddresses, problems };
  const made = await world.engine.diagnose(loaded.ok ? loaded.text : null, asked, call);
  if (!made.ok) return failed([problemOf(made.error)], json, world);
  if (output === null) {
    world.print(made.value.trimEnd());
    return exit.well;
  }
  const saved = await saveNew(output, made.value);
  if (!saved.ok) return failed([problemOf(saved.error)], json, world);
  if (json) world.print(jsonText({ file: output, problems: [] }));
  else world.say(`Wrote ${output}. Read it before you give it away.`);
  return exit.well;
}

function failed(problems: readonly Problem[], json: boolean, world: World): number {
  if (json) world.print(jsonText({ file: null, problems }));
  else world.say(problemsText(problems, world.paintSaid));
  return exit.failed;
}
