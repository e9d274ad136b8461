import type { AnswersReport } from '../../../shared/answers/answers';
import { allAnswer, anyAnswered } from '../../../shared/answers/judge-answers';
import { type Problem, problemOf } from '../../../shared/base/problem';
import type { Invocation } from '../base/arguments';
import type { Command } from '../base/command';
import { loadFleet } from '../base/fleet-argument';
import { answersText } from '../text/answers';
import { jsonText } from '../text/json';
import { problemsText } from '../text/problems';
import { exit, type World } from '../base/world';

/** A hundred requests to an origin that is silent, then every server's log. Milliseconds. */
const LIMIT = 240_000;

/** `kanilink answers`: which servers answer the public origin. Changes nothing. */
export const answers: Command = {
  name: 'answers',
  usage: 'FLEET [--origin URL] [--requests N]',
  summary: 'asks the public origin and says which servers answer it, and which were not seen to',
  takesFleet: true,
  options: ['origin', 'requests'],
  details:
    'Sends requests (12, or --requests, at most 100) from this computer to the origin in the servers’ server.toml, or to --origin, each over a new connection, and looks for each request in every server’s log. Each server also gets two requests by itself, before and after these, so that its log is known to show requests. Each request leaves two lines in a log. A balancer that goes by the client’s address sends all requests of one computer to one server: 0 of 12 says no more than that. Redirects are not followed.\nExit 0: every request was answered as expected by a server of the fleet, and every server answered; 2: otherwise, or something is not proved; 1: failed, or no answer at all.\nJSON: {"answers":{"origin","at","addresses":[…],"unasked","requests":[{"address","code","opId","redirect","certificate","by":{"kind",…}}],"servers":[{"server","answered","log":"shows|unproved|unread","code","why"}],"certificates":[…]}|null,"problems":[…]}',
  run,
};

async function run({ fleet, origin, requests, json }: Invocation, world: World): Promise<number> {
  const loaded = await loadFleet(fleet, world);
  if (!loaded.ok) return report(null, loaded.problems, json, world);
  const call = { signal: world.signal, timeoutMs: LIMIT };
  const asked = await world.engine.answers(loaded.text, { origin, requests }, call);
  return asked.ok
    ? report(asked.value, [], json, world)
    : report(null, [problemOf(asked.error)], json, world);
}

function report(
  found: AnswersReport | null,
  problems: readonly Problem[],
  json: boolean,
  world: World,
): number {
  if (json) world.print(jsonText({ answers: found, problems }));
  else {
    const texts = [
      found === null ? '' : answersText(found, world.paint),
      problemsText(problems, world.paint),
    ];
    world.print(texts.filter((text) => text !== '').join('\n'));
  }
  if (found === null || !anyAnswered(found)) return exit.failed;
  return allAnswer(found) ? exit.well : exit.attention;
}
