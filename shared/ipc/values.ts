import { z } from 'zod';
import type { Result } from '../base/result';
import { fault } from '../base/fault';

/** Schemas of what only the seam between window and engine has. */

/** A `Result` of a value. */
export const result = <T extends z.ZodType>(value: T): z.ZodType<Result<z.output<T>>> =>
  z.union([
    z.object({ ok: z.literal(true), value }),
    z.object({ ok: z.literal(false), error: fault }),
  ]) as z.ZodType<Result<z.output<T>>>;

/** Characters of a text that crosses: a fleet file, a log, a diff. */
export const LONGEST_TEXT = 4_000_000;

/**
 * True of a text that holds what nobody at the window agreed to: a draft, what another program wrote. Each question says so
 * anew, so that no engine takes it for the person's own because it never heard of it.
 */
export const foreign = z.literal(true).exactOptional();

/** A fleet as the window holds it: its text, perhaps not saved, and where it lies (relative paths start there). */
export const fleetText = z.object({
  path: z.string().nullable(),
  text: z.string().max(LONGEST_TEXT),
  foreign,
});
export type FleetText = z.output<typeof fleetText>;
