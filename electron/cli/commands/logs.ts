import type { LogLineView } from '../../../shared/ipc';
import { logLevels } from '../../../shared/log-levels';
import type { Problem } from '../../../shared/problem';
import type { Invocation } from '../arguments';
import { loadFleet } from '../fleet-argument';
import { logText } from '../text/log';
import { faultProblem, problemsText } from '../text/problems';
import { unknownServer, usageError } from '../usage';
import { exit, type World } from '../world';

/** How far back it starts. */
const BACK_MS = 10 * 60_000;

/** `kanilink logs`: log lines of all servers or of one, merged by time. */
export async function logs(invocation: Invocation, world: World): Promise<number> {
  const { fleet, json, server, follow } = invocation;
  // A machine filters by itself, and has always been told everything.
  const shown = logLevels[invocation.only ?? (json ? 'all' : 'replication')];
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
  const stranger = unknownServer('--server', server === null ? [] : [server], loaded.fleet.servers);
  if (stranger !== null) return usageError(stranger, '', json, world);
  const idWidth = Math.max(0, ...ids.map((id) => id.length));
  const lines: LogLineView[] = [];
  const problems: Problem[] = [];
  const options = { server, follow, sinceMs: world.now() - BACK_MS };
  for await (const item of world.engine.logs(loaded.text, options, world.signal)) {
    if (!item.ok) {
      const problem = faultProblem(item.error);
      problems.push(problem);
      if (!json) world.say(problemsText([problem], world.paintSaid));
    } else if (!shown(item.value)) continue;
    else if (json) lines.push(item.value);
    else world.print(logText(item.value, { idWidth, columns: world.columns }, world.paint));
  }
  if (json) world.print(JSON.stringify({ lines, problems }, null, 2));
  return problems.length > 0 && !(follow && world.signal.aborted) ? exit.failed : exit.well;
}
