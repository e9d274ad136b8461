import { messageAndFix } from '../../shared/base/sentences';
import { describePlace } from '../../shared/base/result';
import type { Run } from './deploy-run.svelte';
import { outcomeWords } from './outcome-words';

/** A deploy as text, for "copy details": every step, what it said and printed. */
export function runDetails(run: Run): string {
  const words = outcomeWords(run);
  const problems = run.problems.map((problem) => {
    const place = describePlace(problem.where);
    return `${problem.severity}: ${place ? `${place}: ` : ''}${messageAndFix(problem)}`;
  });
  const steps = run.steps.flatMap((step) => [
    `${step.step.id}. [${step.state}] ${step.step.server}: ${step.step.summary}${step.note ? ` (${step.note})` : ''}`,
    ...step.output.map((line) => `     ${line}`),
  ]);
  return [
    `${words.title} ${words.text}`,
    `started ${new Date(run.startedAt).toISOString()}`,
    ...(run.endedAt === null ? [] : [`ended ${new Date(run.endedAt).toISOString()}`]),
    ...(run.journal === null ? [] : [`journal ${run.journal}`]),
    ...(run.fault ? [`${run.fault.code}: ${run.fault.message}`] : []),
    ...problems,
    ...steps,
  ].join('\n');
}
