import { z } from 'zod';
import { fleetEvent } from '../events/fleet-event';
import { fault } from '../base/fault';
import { shown, shownOnOneLine } from '../base/shown';
import { health } from '../kanidmd/health';
import { serverState } from '../observed/status';
import { loginsState, servesState } from '../serves/serves';

/** What is kept of a fleet over time, as one stretch of it is shown. Times are milliseconds since the epoch, our clock. */

/** Columns of a stretch: a chart has no room for more. */
export const MOST_COLUMNS = 800;
/** Stretches of one health that are told of a pull or a server; beyond them the oldest are left out. */
export const MOST_STRETCHES = 3000;

/** Events that are told of a stretch; beyond them the oldest are left out. */
export const MOST_EVENTS = 1000;

const at = z.number().min(0).max(8.64e15);
const span = { from: at, to: at };

/** Which stretch is asked for, in how many columns. */
export const stretch = z
  .object({ ...span, columns: z.number().int().min(1).max(MOST_COLUMNS) })
  .readonly()
  .refine(({ from, to }) => from < to, 'it ends before it begins');
export type Stretch = z.output<typeof stretch>;

/** A stretch in which a pull was watched, and its health was one. */
const healthStretch = z.object({ ...span, health, cause: shown }).readonly();

/** A stretch in which a server was watched, and its state was one. */
const stateStretch = z.object({ ...span, state: serverState }).readonly();

/** Stretches in which the logins of a pull, or a server's HTTPS and logins, were looked at, and one thing was proved. */
const loginsStretch = z.object({ ...span, state: loginsState, cause: shown }).readonly();
const servesStretch = z.object({ ...span, state: servesState, cause: shown }).readonly();

/** What was seen of a pull within one column. One that is not told: nobody watched in it, and no round is known. */
const column = z
  .object({
    /** Which column, from 0. */
    n: z.number().int().min(0).max(MOST_COLUMNS),
    /** For how much of it somebody watched, milliseconds. 0: nothing is known but the rounds that a log told later. */
    watchedMs: z.number().min(0),
    /** The gravest health that was seen in it; null: not watched. */
    health: health.nullable(),
    /** The highest age that the newest good round reached while somebody watched; null: not known. */
    ageMs: z.number().min(0).nullable(),
    /** The slowest round; null: not printed. */
    tookMs: z.number().nullable(),
    rounds: z.number().int(),
    /** Rounds that were not good. */
    troubles: z.number().int(),
    /** The most changes that the consumer lacked in it, and the oldest of them, where both RUVs were read; null: not read. */
    lagChanges: z.number().int().min(0).nullable(),
    lagSeconds: z.number().min(0).nullable(),
  })
  .readonly();
export type HistoryColumn = z.output<typeof column>;

/** A column of which nothing is known. */
export const EMPTY_COLUMN: Omit<HistoryColumn, 'n'> = {
  ...{ watchedMs: 0, health: null, ageMs: null, tookMs: null, rounds: 0, troubles: 0 },
  ...{ lagChanges: null, lagSeconds: null },
};

const pullHistory = z
  .object({
    consumer: shownOnOneLine,
    supplier: shownOnOneLine,
    columns: z
      .array(column)
      .max(MOST_COLUMNS + 1)
      .readonly(),
    /** In order, none over another, whoever watched. */
    seen: z.array(healthStretch).max(MOST_STRETCHES).readonly(),
    /** There were more: those before the first one are not told. Columns know of all. */
    leftOut: z.boolean(),
    /** What looks at its logins proved; in order, of too many the newest. */
    logins: z.array(loginsStretch).max(MOST_STRETCHES).readonly(),
    /** When the consumer took over the supplier's database. */
    refreshes: z.array(at).max(MOST_STRETCHES).readonly(),
  })
  .readonly();
export type PullHistory = z.output<typeof pullHistory>;

const serverHistory = z
  .object({
    id: shownOnOneLine,
    seen: z.array(stateStretch).max(MOST_STRETCHES).readonly(),
    /** What looks at its HTTPS and logins proved; in order, of too many the newest. */
    serves: z.array(servesStretch).max(MOST_STRETCHES).readonly(),
    /** When kanidmd started on it. */
    starts: z.array(at).max(MOST_STRETCHES).readonly(),
  })
  .readonly();

/** What a bound may be. */
export const BOUND_LIMITS = {
  days: { least: 1, most: 3650 },
  megabytes: { least: 1, most: 10_000 },
} as const;
const within = ({ least, most }: { readonly least: number; readonly most: number }) =>
  z.number().int().min(least).max(most);

/** How much is kept: whichever bound is reached first. */
export const historyBound = z
  .object({ days: within(BOUND_LIMITS.days), megabytes: within(BOUND_LIMITS.megabytes) })
  .readonly();
export type HistoryBound = z.output<typeof historyBound>;
export const DEFAULT_BOUND: HistoryBound = { days: 90, megabytes: 200 };

/** One stretch of a fleet's history. */
export const fleetHistory = z
  .object({
    ...span,
    /** Milliseconds of a column. */
    step: z.number().int().min(1),
    pulls: z.array(pullHistory).max(500).readonly(),
    servers: z.array(serverHistory).max(200).readonly(),
    /** What happened, in order, as the watches noticed it; of too many the newest. */
    events: z.array(fleetEvent).max(MOST_EVENTS).readonly(),
    bound: historyBound,
    /** Bytes on the disk. */
    bytes: z.number(),
    /** The oldest that is kept of any fleet; null: nothing is. */
    oldest: at.nullable(),
    /** Why something is not kept, or was put aside; null: all is well. */
    trouble: fault.nullable(),
  })
  .readonly();
export type FleetHistory = z.output<typeof fleetHistory>;

/** A fleet as its last watch left it. It says nothing of now. */
export const fleetGlance = z
  .object({
    path: z.string(),
    name: shownOnOneLine,
    /** When it was last watched. */
    at,
    /** How many pulls had which health then. */
    pulls: z.partialRecord(health, z.number().int()),
    /** How many servers were not running then. */
    down: z.number().int(),
    servers: z.number().int(),
    /** How much was broken then of HTTPS and logins, which rounds say nothing of; absent: nobody looked. */
    logins: z.number().int().exactOptional(),
  })
  .readonly();
export type FleetGlance = z.output<typeof fleetGlance>;
