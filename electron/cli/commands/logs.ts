import type { LogLineView } from '../../../shared/ipc';
import type { Problem } from '../../../shared/problem';
import type { Invocation } from '../arguments';
import { loadFleet } from '../fleet-argument';
import { logText } from '../text/log';
import { faultProblem, problemsText } from '../text/problems';
import { exit, type World } from '../world';

/** How far back it starts. */
const BACK_MS = 10 * 60_000;

/** `kanilink logs`: log lines of all servers or of one, merged by time. */
export async function logs({ fleet, json, server, follow }: Invocation, world: World): Promise<number> {
  const loaded = await loadFleet(fleet, world);
  if (!loaded.ok) {
    world.print(
      json
        ? JSON.stringify({ lines: [], problems: loaded.problems }, null, 2)
        : problemsText(loaded.problems, world.paint),
    );
    return exit.failed;
  }
  const ids = loaded.fleet.servers.map((it) => it.id);
  if (server !== null && !ids.some((id) => id === server)) {
    world.say(
      `kanilink logs: --server ${server}: the fleet has no server ${server}; it has ${ids.join(', ')}`,
    );
    return exit.usage;
  }
  const idWidth = Math.max(0, ...ids.map((id) => id.length));
  const lines: LogLineView[] = [];
  const problems: Problem[] = [];
  const options = { server, follow, sinceMs: world.now() - BACK_MS };
  for await (const item of world.engine.logs(loaded.text, options, world.signal)) {
    if (!item.ok) {
      const problem = faultProblem(item.error);
      problems.push(problem);
      if (!json) world.say(problemsText([problem], world.paintSaid));
    } else if (json) lines.push(item.value);
    else world.print(logText(item.value, idWidth, world.paint));
  }
  if (json) world.print(JSON.stringify({ lines, problems }, null, 2));
  return problems.length > 0 && !(follow && world.signal.aborted) ? exit.failed : exit.well;
}
