import { z } from 'zod';
import { fail, type Fault, type Result } from '../../../shared/base/result';

/** One ask, ready to be answered: reads the question by its schema, then answers. `C`: what answering needs. */
export interface Answering<C> {
  /** Milliseconds an answer may take; time a person spends on a question does not count. */
  readonly limitMs: number;
  answer(question: unknown, context: C): Promise<Result<unknown>>;
}

/**
 * Ties an ask of the contract to the code that answers it, so that types follow from the schemas.
 *
 * @param contract the ask's schemas (`asks['fleet.load']`)
 * @param limitMs milliseconds an answer may take
 */
export function answering<Q extends z.ZodType, A, C>(
  contract: { readonly question: Q; readonly answer: z.ZodType<Result<A>> },
  limitMs: number,
  answer: (question: z.output<Q>, context: C) => Promise<Result<A>>,
): Answering<C> {
  return {
    limitMs,
    answer: async (raw, context) => {
      const question = contract.question.safeParse(raw);
      return question.success ? await answer(question.data, context) : fail(misunderstood(question.error));
    },
  };
}

/** A question that does not fit its schema: a bug of ours, not of the operator. */
export function misunderstood(error: z.ZodError): Fault {
  return {
    code: 'bad-question',
    message: 'The window asked for something in a form that the engine does not understand.',
    fix: 'This is a bug in Kanilink. Please report it with these details.',
    detail: z.prettifyError(error),
    where: {},
  };
}
