import type { Invocation } from '../arguments';
import { loadFleet } from '../fleet-argument';
import { interruptedOf } from '../interrupted';
import { howToDeploy } from '../text/advice';
import { faultProblem, hasErrors, problemsText, worstFirst } from '../text/problems';
import { allReplicate, statusText } from '../text/status';
import type { StatusReport } from '../../../shared/observed';
import type { Problem } from '../../../shared/problem';
import { exit, type World } from '../world';

/** Two of the longest poll intervals (`kanidm.md`: capped at 300 s), and time to probe. */
const LONGEST_WAIT_MS = 2 * 300_000 + 130_000;

/** `kanilink status`: servers and pulls as they are. Changes nothing. */
export async function status({ fleet, json }: Invocation, world: World): Promise<number> {
  const report = await readStatus(fleet, world);
  const { servers, pulls, interrupted } = report;
  if (json) {
    const problems = [...interrupted, ...worstFirst(report.problems)];
    world.print(JSON.stringify({ servers, pulls, problems }, null, 2));
  } else {
    const parts = [
      problemsText(interrupted, world.paint),
      report.failed ? '' : statusText(report, world.paint),
      problemsText(report.problems, world.paint),
    ];
    world.print(parts.filter((part) => part !== '').join('\n\n'));
  }
  if (report.failed) return exit.failed;
  return allReplicate(report) && !hasErrors(report.problems) ? exit.well : exit.attention;
}

interface Read extends StatusReport {
  readonly interrupted: readonly Problem[];
  readonly failed: boolean;
}

async function readStatus(path: string, world: World): Promise<Read> {
  const nothing = { servers: [], pulls: [], interrupted: [], failed: true };
  const loaded = await loadFleet(path, world);
  if (!loaded.ok) return { ...nothing, problems: loaded.problems };
  const interrupted = await interruptedOf(loaded.text, world);
  const waiting = (limitMs: number): void => {
    if (world.interactive) world.say(`Waiting for a round, up to ${Math.ceil(limitMs / 1000)} s.`);
  };
  const call = { signal: world.signal, timeoutMs: LONGEST_WAIT_MS, wait: true, waiting };
  const read = await world.engine.status(loaded.text, call);
  return read.ok
    ? {
        ...read.value,
        pulls: read.value.pulls.map((pull) => ({ ...pull, fix: howToDeploy(pull.fix) })),
        interrupted,
        failed: false,
      }
    : { ...nothing, interrupted, problems: [faultProblem(read.error)] };
}
