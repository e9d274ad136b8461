import type { Invocation } from '../base/arguments';
import { loadFleet } from '../base/fleet-argument';
import { forgetfulOf } from '../base/forgetful';
import { interruptedOf } from '../base/interrupted';
import { howToDeploy } from '../text/advice';
import { hasErrors, problemsText, worstFirst } from '../text/problems';
import { allRead, nothingOpen, ruvText } from '../text/ruv';
import { allServe, servesText } from '../text/serves';
import { allReplicate, statusText } from '../text/status';
import type { StatusReport } from '../../../shared/observed/status';
import { joinNames } from '../../../shared/base/join-names';
import { type Problem, problemOf } from '../../../shared/base/problem';
import { exit, type World } from '../base/world';
import { jsonText } from '../text/json';

/** Two of the longest poll intervals (`kanidm.md`, "Replication keys": at most 300 s), and time to probe. */
const LONGEST_WAIT_MS = 2 * 300_000 + 130_000;

/** `kanilink status`: servers and pulls as they are. Changes nothing. */
export async function status(
  { fleet, json, logins, ruv: wanted }: Invocation,
  world: World,
): Promise<number> {
  const report = await readStatus(fleet, { logins, ruv: wanted }, world);
  const { servers, pulls, undrawn, interrupted, serves, ruv } = report;
  if (json) {
    const problems = [...interrupted, ...worstFirst(report.problems)];
    const more = { ...(serves === undefined ? {} : { serves }), ...(ruv === undefined ? {} : { ruv }) };
    world.print(jsonText({ servers, pulls, undrawn, problems, ...more }));
  } else {
    const parts = [
      problemsText(interrupted, world.paint),
      report.failed ? '' : statusText(report, world.paint),
      serves === undefined ? '' : servesText(serves, world.paint),
      ruv === undefined ? '' : ruvText(ruv, world.paint),
      problemsText(report.problems, world.paint),
    ];
    world.print(parts.filter((part) => part !== '').join('\n\n'));
  }
  if (report.failed) return exit.failed;
  const proved =
    (serves === undefined || allServe(serves)) &&
    (ruv === undefined || (wanted ? allRead(ruv) : nothingOpen(ruv)));
  const over = interrupted.length === 0;
  return allReplicate(report) && proved && over && !hasErrors(report.problems) ? exit.well : exit.attention;
}

interface Read extends StatusReport {
  readonly interrupted: readonly Problem[];
  readonly failed: boolean;
}

async function readStatus(
  path: string,
  wanted: { readonly logins: boolean; readonly ruv: boolean },
  world: World,
): Promise<Read> {
  const nothing = { servers: [], pulls: [], undrawn: [], interrupted: [], failed: true };
  const loaded = await loadFleet(path, world);
  if (!loaded.ok) return { ...nothing, problems: loaded.problems };
  const interrupted = await interruptedOf(loaded.text, world);
  const waiting = (limitMs: number): void => {
    if (world.interactive) world.say(`Waiting for a round, up to ${Math.ceil(limitMs / 1000)} s.`);
  };
  const silent = (servers: readonly string[]): void => {
    if (world.interactive) world.say(`Waiting for an answer of ${joinNames(servers)}.`);
  };
  const call = { signal: world.signal, timeoutMs: LONGEST_WAIT_MS, wait: true, waiting, silent, ...wanted };
  const read = await world.engine.status(loaded.text, call);
  return read.ok
    ? {
        ...read.value,
        problems: [...read.value.problems, ...(await forgetfulOf(loaded.text, world))],
        pulls: read.value.pulls.map((pull) => ({ ...pull, fix: howToDeploy(pull.fix) })),
        interrupted,
        failed: false,
      }
    : { ...nothing, interrupted, problems: [problemOf(read.error)] };
}
