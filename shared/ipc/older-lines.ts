import { z } from 'zod';
import { fault } from '../base/fault';
import { ask } from './ask';
import { logLine } from './log-line';
import { MOST_OLDER_LINES } from './older-bounds';
import { fleetText } from './values';

/** The most servers that are asked, and told of: far more than a fleet has. */
const MOST_SERVERS = 1000;

/** Where reading back begins. */
const readingBack = z
  .object({
    /** Up to then, microseconds since the epoch, our clock. */
    before: z.number().min(0).max(8.64e18),
    /**
     * Those that are read back from another time: microseconds, by our clock or by the server's own. Where lines are held,
     * it is its own of the oldest one, for how the clocks differ is known to some milliseconds only.
     */
    servers: z
      .array(
        z
          .object({
            server: z.string().max(200),
            at: z.number().min(0).max(8.64e18),
            clock: z.enum(['ours', 'its']),
            /** The key of the line of that very time that is held: what follows it is too. */
            key: z.string().max(1000).exactOptional(),
          })
          .readonly(),
      )
      .max(MOST_SERVERS)
      .readonly(),
  })
  .readonly();
export type ReadingBack = z.output<typeof readingBack>;

const olderLines = z
  .object({
    /** In order, by our clock. */
    lines: z
      .array(logLine)
      .max(2 * MOST_OLDER_LINES)
      .readonly(),
    /** What the servers that could be read logged from then on is here, microseconds, our clock. */
    from: z.number(),
    servers: z
      .array(
        z
          .object({
            server: z.string(),
            /** It may keep lines older than `from`. */
            more: z.boolean(),
            /** Why its older lines could not be read; they are asked for again the next time. */
            fault: fault.nullable(),
          })
          .readonly(),
      )
      .max(MOST_SERVERS)
      .readonly(),
  })
  .readonly();
export type OlderLines = z.output<typeof olderLines>;

/** Questions about logs that have one answer. */
export const logAsks = {
  /** What the servers logged before the lines that are held: the newest of it, from their own logs. */
  'logs.older': ask('engine', z.object({ fleet: fleetText, back: readingBack }), olderLines),
} as const;
