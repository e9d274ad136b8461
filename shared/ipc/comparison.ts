import { z } from 'zod';
import { fault } from './values';

const differingEntry = z.object({
  uuid: z.string(),
  type: z.string(),
  name: z.string(),
  newer: z.string().nullable(),
  onlyOn: z.string().nullable(),
  deletedOn: z.string().nullable(),
  changedAt: z.string().nullable(),
});

/** A `Comparison` as it crosses to the window and as it is kept. */
export const comparison = z.object({
  servers: z.tuple([z.string(), z.string()]).readonly(),
  at: z.string(),
  domain: z.string().nullable(),
  result: z.enum(['same', 'differ', 'unknown']),
  entries: z.number(),
  differing: z.array(differingEntry).readonly(),
  differences: z.number(),
  travelling: z.number(),
  own: z.array(z.object({ server: z.string(), uuid: z.string(), at: z.string() })).readonly(),
  cause: z.string(),
  fix: z.string(),
  fault: fault.nullable(),
});
