import type { LogLineView } from '../../../shared/ipc';
import { each } from '../../engine/base/batches';
import { logLevels } from '../../../shared/ipc/log-levels';
import { type Problem, problemOf } from '../../../shared/base/problem';
import type { Invocation } from '../base/arguments';
import { loadFleet } from '../base/fleet-argument';
import { logText } from '../text/log';
import { problemsText } from '../text/problems';
import { unknownServer, usageError } from '../base/usage';
import { exit, type World } from '../base/world';
import { jsonText } from '../text/json';

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
      json ? jsonText({ lines: [], problems: loaded.problems }) : problemsText(loaded.problems, world.paint),
    );
    return exit.failed;
  }
  const ids = loaded.fleet.servers.map((it) => it.id);
  const stranger = unknownServer('--server', server === null ? [] : [server], loaded.fleet.servers);
  if (stranger !== null) return usageError(stranger, '', json, world);
  const idWidth = Math.max(0, ...ids.map((id) => id.length));
  const lines: LogLineView[] = [];
  const problems: Problem[] = [];
  const unread = new Map<string | null, Set<string>>();
  const options = { server, follow, sinceMs: world.now() - BACK_MS };
  for await (const item of each(world.engine.logs(loaded.text, options, world.signal))) {
    if (!item.ok) {
      const problem = problemOf(item.error);
      // A log that is tried again and again, and does not come, is one problem.
      const said = unread.get(problem.server) ?? new Set();
      if (said.has(problem.message)) continue;
      unread.set(problem.server, said.add(problem.message));
      problems.push(problem);
      if (!json) world.say(problemsText([problem], world.paintSaid));
      continue;
    }
    unread.delete(item.value.server);
    if (!shown(item.value)) continue;
    if (json) lines.push(unstyled(item.value));
    else world.print(logText(item.value, { idWidth, columns: world.columns }, world.paint));
  }
  if (json) world.print(jsonText({ lines, problems }));
  return problems.length > 0 && !(follow && world.signal.aborted) ? exit.failed : exit.well;
}

/** Text styles are the window's; a machine has them in `raw`, as they were written. */
function unstyled(line: LogLineView): LogLineView {
  const { styles: _styles, ...rest } = line;
  return rest;
}
