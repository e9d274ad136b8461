import { jumped, type Moment } from '../../../shared/base/moment';
import { GRAIN } from '../../../shared/ruv/judge-ruv';
import { type Clock, momentOf } from '../base/time';

/** A refresh as a log tells it, and when that was seen here first. */
interface SeenRefresh {
  readonly at: string;
  readonly seen: Moment;
}

/**
 * Refreshes that logs tell of, as far as they are believed. One of a time that has not come when it is first seen never is,
 * nor one that was seen before a clock here jumped: its time cannot be compared with any look's.
 */
export class SeenRefreshes {
  /** By consumer: the newest that is believed, and what is not. */
  private readonly newest = new Map<string, SeenRefresh>();
  private readonly doubted = new Map<string, readonly string[]>();

  constructor(private readonly clock: Clock) {}

  /** @param at when the consumer took another's database last; ISO 8601, this computer's clock. */
  see(consumer: string, at: string): void {
    const now = momentOf(this.clock);
    const doubted = this.doubted.get(consumer) ?? [];
    const late = Date.parse(at) - now.wall;
    if (doubted.some((it) => isSame(it, at)) || (late > 0 && late <= GRAIN)) return;
    if (!(late <= 0)) {
      this.doubt(consumer, at);
      return;
    }
    const last = this.newest.get(consumer);
    if (last === undefined || (Date.parse(at) > Date.parse(last.at) && !isSame(last.at, at)))
      this.newest.set(consumer, { at, seen: now });
  }

  /** When each server took another's database last. */
  believed(): ReadonlyMap<string, string> {
    const now = momentOf(this.clock);
    for (const [consumer, { at, seen }] of this.newest) {
      if (!jumped(seen, now)) continue;
      this.newest.delete(consumer);
      this.doubt(consumer, at);
    }
    return new Map([...this.newest].map(([consumer, { at }]) => [consumer, at]));
  }

  private doubt(consumer: string, at: string): void {
    this.doubted.set(consumer, [...(this.doubted.get(consumer) ?? []), at].slice(-MOST));
  }
}

/** What is not believed is kept for as many refreshes of one server. */
const MOST = 32;

const isSame = (a: string, b: string): boolean => a === b || Math.abs(Date.parse(a) - Date.parse(b)) <= GRAIN;
