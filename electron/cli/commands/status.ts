import type { Invocation } from '../arguments';
import { loadFleet } from '../fleet-argument';
import { faultProblem, hasErrors, problemsText } from '../text/problems';
import { allReplicate, statusText } from '../text/status';
import type { StatusReport } from '../../../shared/observed';
import { exit, type World } from '../world';

/** Two of the longest poll intervals (`kanidm.md`: capped at 300 s), and time to probe. */
const LONGEST_WAIT_MS = 2 * 300_000 + 130_000;

/** `kanilink status`: servers and pulls as they are. Changes nothing. */
export async function status({ fleet, json }: Invocation, world: World): Promise<number> {
  const report = await readStatus(fleet, world);
  if (json) {
    const { servers, pulls, problems } = report;
    world.print(JSON.stringify({ servers, pulls, problems }, null, 2));
  } else {
    const problems = problemsText(report.problems, world.paint);
    if (!report.failed) world.print(statusText(report, world.paint));
    if (problems !== '') world.print(report.failed ? problems : `\n${problems}`);
  }
  if (report.failed) return exit.failed;
  return allReplicate(report) && !hasErrors(report.problems) ? exit.well : exit.attention;
}

async function readStatus(path: string, world: World): Promise<StatusReport & { readonly failed: boolean }> {
  const loaded = await loadFleet(path, world);
  if (!loaded.ok) return { servers: [], pulls: [], problems: loaded.problems, failed: true };
  const call = { signal: world.signal, timeoutMs: LONGEST_WAIT_MS, wait: true };
  const read = await world.engine.status(loaded.text, call);
  return read.ok
    ? { ...read.value, failed: false }
    : { servers: [], pulls: [], problems: [faultProblem(read.error)], failed: true };
}
