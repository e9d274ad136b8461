import type { Comparison } from '../../../shared/compare/comparison';
import { type Problem, problemOf } from '../../../shared/base/problem';
import type { Invocation } from '../base/arguments';
import { loadFleet } from '../base/fleet-argument';
import { comparisonText } from '../text/comparison';
import { problemsText } from '../text/problems';
import { exit, type World } from '../base/world';
import { jsonText } from '../text/json';

/** A pair may be backed up twice, two of the longest poll intervals apart. Milliseconds. */
const LIMIT = 3_600_000;

/** `kanilink compare`: whether linked servers hold the same data. Changes nothing. */
export async function compare({ fleet, json }: Invocation, world: World): Promise<number> {
  const loaded = await loadFleet(fleet, world);
  if (!loaded.ok) return report([], loaded.problems, json, world);
  if (loaded.fleet.links.length === 0) return report([], [nothingLinked], json, world);
  const say = (text: string): void => world.say(text);
  const made = await world.engine.compare(loaded.text, { signal: world.signal, timeoutMs: LIMIT, say });
  return made.ok ? report(made.value, [], json, world) : report([], [problemOf(made.error)], json, world);
}

function report(
  comparisons: readonly Comparison[],
  problems: readonly Problem[],
  json: boolean,
  world: World,
): number {
  if (json) world.print(jsonText({ comparisons, problems }));
  else {
    const texts = [
      ...comparisons.map((it) => comparisonText(it, world.paint)),
      problemsText(problems, world.paint),
    ];
    world.print(texts.filter((text) => text !== '').join('\n'));
  }
  if (comparisons.some((it) => it.result === 'differ')) return exit.attention;
  return problems.length === 0 && comparisons.every((it) => it.result === 'same') ? exit.well : exit.failed;
}

const nothingLinked: Problem = {
  severity: 'error',
  code: 'nothing-linked',
  server: null,
  message: 'No servers are linked, so there is nothing to compare.',
  fix: 'Link two servers in the fleet file, and deploy.',
  where: {},
};
