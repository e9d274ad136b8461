import { z } from 'zod';
import { result } from './values';

/** Parts of the contract's questions. */

/** A question with one answer. @param by who answers it */
export const ask = <B extends 'engine' | 'app', Q extends z.ZodType, A extends z.ZodType>(
  by: B,
  question: Q,
  answer: A,
) => ({ by, question, answer: result(answer) });

/** Nothing to say. */
export const nothing = z.object({}).strict();

/** Characters; the longest path Linux takes is 4096 bytes. */
export const LONGEST_PATH = 5000;

export { LONGEST_TEXT } from './values';
