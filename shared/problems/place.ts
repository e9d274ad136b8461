import type { Problem } from '../base/problem';
import { describePlace, type Place } from '../base/result';

/** Where a problem is, in words, beside its message: without what that names already, and without a field where the line says more. */
export const placeBeside = (problem: Problem): string => describePlace(withoutRepetition(problem));

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
