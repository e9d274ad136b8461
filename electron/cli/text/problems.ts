import type { Problem, Severity } from '../../../shared/problem';
import { describePlace, type Fault, type Place } from '../../../shared/result';
import { howToDeploy } from './advice';
import { harmless, type Paint } from './paint';

/** Problems as text, the worst first: where, what, what to do. Empty without problems. */
export function problemsText(problems: readonly Problem[], paint: Paint): string {
  return worstFirst(problems)
    .map((problem) => problemText(problem, paint))
    .join('\n');
}

/** As the command line tells them, in text and in JSON alike: errors, warnings, then what is good to know. */
export const worstFirst = (problems: readonly Problem[]): readonly Problem[] =>
  [...problems]
    .sort((a, b) => rank[a.severity] - rank[b.severity])
    .map((problem) => ({ ...problem, fix: howToDeploy(problem.fix) }));

function problemText(problem: Problem, paint: Paint): string {
  const place = describePlace(withoutRepetition(problem));
  const colour = { error: paint.bad, warning: paint.warn, info: paint.quiet }[problem.severity];
  const head = `${colour(problem.severity)}${' '.repeat(9 - problem.severity.length)}`;
  const where = place === '' ? '' : `${paint.strong(harmless(place))}: `;
  const [first = '', ...evidence] = harmless(problem.message).split('\n');
  const lines = [`${head}${where}${first}`, ...evidence.map((line) => `         ${line}`)];
  if (problem.fix !== '')
    lines.push(
      ...harmless(problem.fix)
        .split('\n')
        .map((line) => `         ${paint.quiet(line)}`),
    );
  return lines.join('\n');
}

/** The place without what the sentence names already, and without a field where the line says more. */
function withoutRepetition({ message, where }: Problem): Place {
  const { link, server, field, ...rest } = where;
  const named = server !== undefined && message.split(/[^\w-]+/).includes(server);
  return {
    ...rest,
    ...(server === undefined || (named && rest.file === undefined) ? {} : { server }),
    ...(link === undefined || message.includes(link) ? {} : { link }),
    ...(field === undefined || (server === undefined && rest.line !== undefined) ? {} : { field }),
  };
}

/** `2 errors, 1 warning`; `no problems`. */
export function countProblems(problems: readonly Problem[]): string {
  const parts = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const count = problems.filter((problem) => problem.severity === severity).length;
    if (count === 0) return [];
    return [severity === 'info' ? `${count} to know` : `${count} ${severity}${count === 1 ? '' : 's'}`];
  });
  return parts.join(', ') || 'no problems';
}

/** A fault as a problem in the command line's JSON; the evidence stays. */
export function faultProblem(fault: Fault): Problem {
  return {
    severity: 'error',
    code: fault.code,
    server: fault.where.server ?? null,
    message: fault.detail === undefined ? fault.message : `${fault.message}\n${fault.detail}`,
    fix: fault.fix,
    where: fault.where,
  };
}

export const hasErrors = (problems: readonly Problem[]): boolean =>
  problems.some((problem) => problem.severity === 'error');

const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };
