/** A time as it stands in front of a line. */
export type TimeInLog =
  /** `at`: microseconds since the epoch. `zoned`: it names its zone; else it is read as UTC. */
  | { readonly kind: 'dated'; readonly at: number; readonly zoned: boolean }
  /** `Nov 24 10:20:30`: neither year nor zone. */
  | {
      readonly kind: 'yearless';
      /** From 1 on. */
      readonly month: number;
      readonly day: number;
      readonly clock: string;
      readonly micros: number;
      readonly zoned: false;
    };
type Yearless = Extract<TimeInLog, { readonly kind: 'yearless' }>;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY = 86_400_000_000;
/** Clocks differ, and so do zones: a line may be of tomorrow. */
const AHEAD = DAY;
/** Pieces of logs are put together out of order by so much; a line that is later by more is of the year before. */
const DISORDER = 31 * DAY;
/** The longest between two leap days: 1896 to 1904. Years. */
const FARTHEST = 8;

/** @param at microseconds; null: it is no time. */
export const dated = (at: number | null, zoned: boolean): TimeInLog | null =>
  at === null ? null : { kind: 'dated', at, zoned };

/** The digits behind a second's point, as microseconds. */
export const microsOf = (fraction: string): number => Number(fraction.slice(0, 6).padEnd(6, '0'));

/** `Nov`, `24`, `10:20:30`, `123456`. @returns null: no year has such a time. */
export function yearless(month: string, day: string, clock: string, fraction: string): TimeInLog | null {
  const found = {
    ...({ kind: 'yearless', month: MONTHS.indexOf(month) + 1, day: Number(day), clock } as const),
    ...({ micros: microsOf(fraction), zoned: false } as const),
  };
  return found.month > 0 && inYear(found, 2000) !== null ? found : null;
}

/**
 * When lines were written, microseconds: each time that names no year gets the newest one in which it is not later than the
 * line after it, as a log is written in order; the last one is not of a day that has not come. A log that crosses New Year
 * so goes back a year there.
 */
export function withYears(times: readonly (TimeInLog | null)[], now: number): readonly (number | null)[] {
  let until = now + AHEAD;
  return times
    .toReversed()
    .map((time) => {
      if (time === null) return null;
      const at = time.kind === 'dated' ? time.at : newest(time, until);
      if (at !== null) until = Math.min(now + AHEAD, at + DISORDER);
      return at;
    })
    .toReversed();
}

function newest(time: Yearless, until: number): number | null {
  const year = new Date(until / 1000).getUTCFullYear();
  for (let back = 0; back <= FARTHEST; back += 1) {
    const at = inYear(time, year - back);
    if (at !== null && at <= until) return at;
  }
  return null;
}

/** Null: that year has no such day. */
function inYear({ month, day, clock, micros }: Yearless, year: number): number | null {
  const [monthText, dayText] = [month, day].map((it) => String(it).padStart(2, '0'));
  const ms = Date.parse(`${year}-${monthText}-${dayText}T${clock}Z`);
  // 29 February of other years is read as 1 March.
  return Number.isFinite(ms) && new Date(ms).getUTCDate() === day ? ms * 1000 + micros : null;
}
