import { drawFleet, type DrawnFleet } from '../../../shared/fleet/adopt/draw-fleet';
import type { AdoptedFleet, ServerAddress } from '../../../shared/fleet/adopt/adopted-fleet';
import type { Plan } from '../../../shared/plan/model/plan';
import { type Problem, problemOf } from '../../../shared/base/problem';
import { type Fault, fail, type Result } from '../../../shared/base/result';
import type { Invocation } from '../base/arguments';
import { adoptedText, questionText } from '../text/adopted';
import { problemsText } from '../text/problems';
import { usageError } from '../base/usage';
import { exit, type World } from '../base/world';
import { readEndpoint } from './adopt-endpoint';
import { jsonText } from '../text/json';

const LIMIT = 120_000;

/** `kanilink adopt`: a fleet file from servers as they run. Changes nothing on them, and no file that is there. */
export async function adopt(invocation: Invocation, world: World): Promise<number> {
  const { endpoints, primary, json } = invocation;
  const output = invocation.output ?? '';
  const reaches: ServerAddress[] = [];
  for (const text of endpoints) {
    const read = readEndpoint(text);
    if (!read.ok) return usageError(read.complaint, '', json, world);
    reaches.push(read.value);
  }
  const answer = (outcome: Partial<Outcome>, code: number): number => {
    tell({ ...nothing, ...outcome }, json, world);
    return code;
  };
  if ((await world.engine.loadFleet(output)).ok)
    return answer({ problems: [problemOf(exists(output))] }, exit.failed);
  const found = await world.engine.adopt(reaches, output, call(world));
  if (!found.ok) return answer({ problems: [problemOf(found.error)] }, exit.failed);
  const drawn = drawFleet(found.value, primary);
  if (!drawn.ok)
    return answer(
      { adopted: found.value, problems: [...found.value.problems, problemOf(drawn.error)] },
      exit.usage,
    );
  const outcome = { adopted: found.value, drawn: drawn.value, problems: drawn.value.problems };
  if (drawn.value.text === null)
    return answer(outcome, drawn.value.problems.some(isError) ? exit.failed : exit.usage);
  const saved = await saveNew(output, drawn.value.text, world);
  if (!saved.ok)
    return answer({ ...outcome, problems: [...outcome.problems, problemOf(saved.error)] }, exit.failed);
  const plan = await world.engine.plan({ path: saved.value.path, text: drawn.value.text }, call(world));
  const more = plan.ok ? plan.value.problems : [problemOf(plan.error)];
  const problems = withoutRepetition([...outcome.problems, ...more]);
  return answer(
    { ...outcome, fleet: saved.value.path, plan: plan.ok ? plan.value : null, problems },
    exit.well,
  );
}

/** What is printed at the end, whatever it was. */
export interface Outcome {
  readonly fleet: string | null;
  readonly adopted: AdoptedFleet | null;
  readonly drawn: DrawnFleet | null;
  readonly plan: Plan | null;
  readonly problems: readonly Problem[];
}

const nothing: Outcome = { fleet: null, adopted: null, drawn: null, plan: null, problems: [] };

function tell({ fleet, adopted, drawn, plan, problems }: Outcome, json: boolean, world: World): void {
  const questions = problems.some(isError) ? [] : (drawn?.questions ?? []);
  if (json) {
    const servers = (adopted?.servers ?? []).map(({ fields, ...seen }) => ({
      id: fields.id,
      endpoint: fields.endpoint,
      container: fields.container ?? null,
      ...seen,
    }));
    const links = drawn?.links ?? [];
    const changes = plan === null ? null : plan.steps.length > 0;
    world.print(jsonText({ fleet, servers, links, questions, changes, problems }));
  } else {
    const texts = [
      adopted === null ? '' : adoptedText(adopted, drawn?.links ?? [], world.paint),
      problemsText(problems, world.paint),
    ].filter((text) => text !== '');
    if (texts.length > 0) world.print(texts.join('\n\n'));
    if (fleet !== null) world.print(`\nMade ${fleet}. ${whatADeployWouldDo(plan)}`);
  }
  for (const question of questions) world.say(`\n${questionText(question)}`);
}

function whatADeployWouldDo(plan: Plan | null): string {
  if (plan === null) return 'Whether a deploy would change anything could not be found out.';
  const { length } = plan.steps;
  if (length === 0) return 'The servers are as it says: a deploy changes nothing.';
  return `A deploy would make ${length === 1 ? 'a change' : 'changes'}: kanilink plan shows ${length === 1 ? 'it' : 'them'}.`;
}

/** The rules see the drawn fleet again; what adopting has said of the same thing stands. */
function withoutRepetition(problems: readonly Problem[]): readonly Problem[] {
  const key = ({ code, server, where, message }: Problem): string =>
    JSON.stringify([code, server, where.link ?? message]);
  return [...new Map([...problems].reverse().map((problem) => [key(problem), problem])).values()].reverse();
}

async function saveNew(path: string, text: string, world: World): Promise<Result<{ readonly path: string }>> {
  const saved = await world.engine.saveFleet({ path, text }, null, null);
  return saved.ok || saved.error.code !== 'fleet-changed' ? saved : fail(exists(path));
}

const call = ({ signal }: World) => ({ signal, timeoutMs: LIMIT });
const isError = (problem: Problem): boolean => problem.severity === 'error';

const exists = (file: string): Fault => ({
  code: 'fleet-exists',
  message: 'There is a file already; adopting makes a new one only.',
  fix: 'Name another file with --output, or move that one away.',
  where: { file },
});
