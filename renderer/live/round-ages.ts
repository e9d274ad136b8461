import { describePull } from '../../shared/fleet/model/fleet';
import type { StatusReport } from '../../shared/observed/status';

/** Points kept per pull: an hour at one a report every five seconds. */
const LONGEST = 720;

/** Two columns of the same length: milliseconds since the epoch, and the age of the newest good round in seconds (null: none seen). */
export interface AgeSeries {
  readonly at: readonly number[];
  readonly age: readonly (number | null)[];
}

/** Remembers, for every pull, how old its newest good round was at each report. In memory only. */
export class RoundAges {
  readonly #series = new Map<string, { at: number[]; age: (number | null)[] }>();

  add(report: StatusReport, now: number): void {
    for (const pull of report.pulls) {
      const series = this.#of(pull.consumer, pull.supplier);
      const last =
        pull.lastSuccess === null ? null : Math.max(0, (now - Date.parse(pull.lastSuccess)) / 1000);
      series.at.push(now);
      series.age.push(last);
      if (series.at.length > LONGEST) {
        series.at.shift();
        series.age.shift();
      }
    }
  }

  of(consumer: string, supplier: string): AgeSeries {
    return this.#series.get(describePull({ consumer, supplier })) ?? { at: [], age: [] };
  }

  clear(): void {
    this.#series.clear();
  }

  #of(consumer: string, supplier: string) {
    const known = this.#series.get(describePull({ consumer, supplier }));
    if (known) return known;
    const fresh: { at: number[]; age: (number | null)[] } = { at: [], age: [] };
    this.#series.set(describePull({ consumer, supplier }), fresh);
    return fresh;
  }
}
