import { z } from 'zod';
import { shown } from '../base/shown';
import { styledStretches } from '../base/text-styles';

/** The longest time of which old lines are asked for at once, milliseconds. */
export const LONGEST_SPAN = 86_400_000;

/** Between which times lines are asked for, milliseconds since the epoch, our clock. */
export const logSpan = z
  .object({ from: z.number().min(0).max(8.64e15), to: z.number().min(0).max(8.64e15) })
  .readonly()
  .refine(
    ({ from, to }) => from < to && to - from <= LONGEST_SPAN,
    'it is too long, or ends before it begins',
  );

/** One line of the merged log: what it means, and the line itself. */
export const logLine = z
  .object({
    /**
     * Tells the line from every other one of its server, however often it is read: the journal's cursor, or the engine's
     * own time with a counter for lines of one moment. Never made from a time that was corrected. What Kanilink itself
     * says about reading a log has one too (`log-remark.ts`).
     */
    key: z.string().max(1000),
    /** When the server wrote it, by the server's clock: microseconds since the epoch. */
    at: z.number(),
    /** That clock minus ours when it was last measured, microseconds; 0: in step (`stepOf`). Lines of several servers are ordered by `at - offset`. */
    offset: z.number(),
    server: z.string(),
    /** Lines of one server with the same group belong together: a span's uuid, a start. Null: it stands alone. */
    group: z.string().max(1000).nullable(),
    /** It belongs to making a first database, or is the sign that one was made (`shared/versions/bootstrap.ts`). */
    bootstrap: z.enum(['sign', 'part']).nullable(),
    level: z.enum(['info', 'good', 'warn', 'bad']),
    meaning: shown,
    raw: shown,
    /** Where `raw` asked a terminal for text styles; none: it did not. */
    styles: styledStretches.exactOptional(),
    /** How many lines are not here, of which this one tells; none: it tells of none, or nobody knows how many. */
    lacks: z.number().int().min(1).exactOptional(),
    /** The pull this line belongs to, when it belongs to one. */
    pull: z.object({ consumer: z.string(), supplier: z.string() }).readonly().nullable(),
  })
  .readonly();
export type LogLineView = z.output<typeof logLine>;

/** A clock that is off by less is in step with ours: so far a measurement over the network errs. Microseconds. */
export const IN_STEP = 1_000_000;

/** How far off a clock counts as, microseconds: lines of clocks in step are ordered by the times that are shown. */
export const stepOf = (offset: number): number => (Math.abs(offset) < IN_STEP ? 0 : offset);
