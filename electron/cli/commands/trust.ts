import { problemOf } from '../../../shared/base/problem';
import type { Invocation } from '../base/arguments';
import { askAbout } from '../base/fleet-argument';
import { jsonText } from '../text/json';
import { problemsText } from '../text/problems';
import { exit, type World } from '../base/world';

/** `kanilink trust`: asks whether to trust a fleet file with what it uses, for good. Dials nothing. */
export async function trust({ fleet, json }: Invocation, world: World): Promise<number> {
  const loaded = await askAbout(fleet, world);
  const notKept = loaded.notKept ? [problemOf(loaded.notKept)] : [];
  const problems = loaded.ok ? notKept : loaded.problems;
  const trusted = loaded.ok && notKept.length === 0;
  if (json) world.print(jsonText({ trusted, problems }));
  else if (trusted) world.print(`${loaded.text.path} is trusted.`);
  else world.print(problemsText(problems, world.paint));
  return trusted ? exit.well : exit.failed;
}
