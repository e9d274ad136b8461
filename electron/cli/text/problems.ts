import { gravity } from '../../../shared/problems/once';
import type { Problem } from '../../../shared/base/problem';
import { type Entry, entriesOf } from '../../../shared/problems/entries';
import { placeBeside } from '../../../shared/problems/place';
import { howToDeploy } from './advice';
import { escapeControls } from '../../../shared/base/escape-controls';
import type { Paint } from './paint';

/**
 * Problems as text, the worst first: where, what, what to do, what proves it. What follows from one stands under it
 * (`shared/problems`). Empty without problems.
 */
export function problemsText(problems: readonly Problem[], paint: Paint): string {
  return entriesOf({ observed: worstFirst(problems) })
    .map((entry) => entryText(entry, paint))
    .join('\n');
}

/** As the command line tells them, in text and in JSON alike: errors, warnings, then what is good to know. */
export const worstFirst = (problems: readonly Problem[]): readonly Problem[] =>
  [...problems]
    .sort((a, b) => gravity[a.severity] - gravity[b.severity])
    .map((problem) => ({ ...problem, fix: howToDeploy(problem.fix) }));

function entryText({ root, severity, folded }: Entry, paint: Paint): string {
  const lines = problemLines({ ...root, severity }, paint);
  if (folded.length === 0) return lines.join('\n');
  const below = folded.map(({ message }) => `           ${escapeControls(message).replaceAll('\n', ' ')}`);
  return [...lines, `         ${paint.quiet('Because of it:')}`, ...below].join('\n');
}

function problemLines(problem: Problem, paint: Paint): readonly string[] {
  const place = placeBeside(problem);
  const colour = { error: paint.bad, warning: paint.warn, info: paint.quiet }[problem.severity];
  const head = `${colour(problem.severity)}${' '.repeat(9 - problem.severity.length)}`;
  const where = place === '' ? '' : `${paint.strong(escapeControls(place))}: `;
  const [first = '', ...more] = escapeControls(problem.message).split('\n');
  const evidence =
    problem.evidence === undefined ? [] : escapeControls(problem.evidence).trimEnd().split('\n');
  return [
    `${head}${where}${first}`,
    ...more.map((line) => `         ${line}`),
    ...evidence.map((line) => `         | ${line}`),
    ...(problem.fix === '' ? [] : escapeControls(problem.fix).split('\n')).map(
      (line) => `         ${paint.quiet(line)}`,
    ),
  ];
}

/** `2 errors, 1 warning`; `no problems`. What follows from another is not counted. */
export function countProblems(problems: readonly Problem[]): string {
  const entries = entriesOf({ observed: problems });
  const parts = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const count = entries.filter((entry) => entry.severity === severity).length;
    if (count === 0) return [];
    return [`${count} ${severity === 'info' ? 'note' : severity}${count === 1 ? '' : 's'}`];
  });
  return parts.join(', ') || 'no problems';
}

/** Whether one of them stops a deploy. */
export const hasErrors = (problems: readonly Problem[]): boolean =>
  problems.some((problem) => problem.severity === 'error');
