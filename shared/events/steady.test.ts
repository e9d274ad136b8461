import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Health } from '../kanidmd/health';
import type { StatusReport } from '../observed/status';
import { reportOf } from '../../test/support/status-reports';
import { lookAgain, type Steady, SteadyFleet } from './steady';

type Verdict = NonNullable<Steady['told']>;

/** Looks at verdicts in turn, each so many milliseconds after the last. @returns what was told, and when. */
function told(looks: readonly (readonly [after: number, Verdict | null])[]) {
  let steady: Steady | undefined;
  let at = 0;
  return looks.flatMap(([after, verdict]) => {
    at += after;
    const seen = lookAgain(steady, verdict, at);
    steady = seen.steady;
    return seen.tell === null ? [] : [{ at, tell: seen.tell }];
  });
}
const every = (ms: number, verdicts: readonly (Verdict | null)[]) =>
  verdicts.map((verdict) => [ms, verdict] as const);
const many = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('a verdict that two looks agree on', () => {
  it('tells a break once, with the second look, and its end once', () => {
    const looks = every(10_000, [
      ...many(8, 'good' as const),
      ...many(8, 'bad' as const),
      ...many(20, 'good' as const),
    ]);
    expect(told(looks).map(({ tell }) => tell)).toEqual(['bad', 'good']);
  });

  it('tells nothing of one bad look between good ones, nor of a round that is due', () => {
    expect(told(every(10_000, [...many(8, 'good' as const), 'bad', ...many(20, 'good' as const)]))).toEqual(
      [],
    );
    expect(told(every(10_000, ['good', ...many(50, null)]))).toEqual([]);
  });

  it('does not count looks before a long gap: the computer slept', () => {
    const before = every(10_000, many(8, 'good' as const));
    expect(told([...before, [10_000, 'unknown'], [8 * 3_600_000, 'unknown'], [10_000, 'good']])).toEqual([]);
  });

  it('keeps what is bad and then unknown as bad, and says so only once', () => {
    const looks = every(10_000, [
      ...many(5, 'bad' as const),
      ...many(50, 'unknown' as const),
      ...many(5, 'bad' as const),
    ]);
    expect(told(looks).map(({ tell }) => tell)).toEqual(['bad']);
  });

  it.each([2_000, 10_000, 20_000, 30_000])('tells once of what flaps every %i ms', (ms) => {
    const flaps = Array.from({ length: 600 }, (_, n): Verdict => (n % 2 === 0 ? 'bad' : 'good'));
    expect(told(every(ms, flaps)).length).toBeLessThanOrEqual(1);
  });

  it('tells of slow flapping ever more seldom', () => {
    const flaps = Array.from({ length: 48 * 60 }, (_, n): Verdict =>
      Math.floor(n / 18) % 2 === 0 ? 'bad' : 'good',
    );
    expect(told(every(5_000, flaps)).length).toBeLessThanOrEqual(6);
  });

  const verdict = fc.constantFrom<Verdict | null>('good', 'bad', 'unknown', null);
  it('never tells the same twice in a row, and never what the last two opinions do not both say', () => {
    const looks = fc.array(fc.tuple(fc.integer({ min: 1, max: 40_000 }), verdict), { maxLength: 300 });
    fc.assert(
      fc.property(looks, (all) => {
        const tells = told(all);
        tells.forEach(({ tell }, n) => expect(tell).not.toBe(tells[n - 1]?.tell));
        let at = 0;
        const times = all.map(([after]) => (at += after));
        for (const one of tells) {
          const upTo = all.slice(0, times.indexOf(one.at) + 1).flatMap(([, it]) => (it === null ? [] : [it]));
          expect(upTo.slice(-2)).toEqual([one.tell, one.tell]);
        }
      }),
    );
  });

  it('always tells in the end what stays', () => {
    const looks = fc.array(fc.tuple(fc.integer({ min: 1, max: 40_000 }), verdict), { maxLength: 200 });
    fc.assert(
      fc.property(looks, fc.constantFrom<Verdict>('good', 'bad'), (all, last) => {
        const tells = told([...all, ...every(10_000, many(200, last))]).map(({ tell }) => tell);
        expect(last === 'bad' ? tells.at(-1) : (tells.at(-1) ?? 'good')).toBe(last);
      }),
    );
  });
});

describe('the steady verdicts of a fleet', () => {
  const run = (reports: readonly StatusReport[]) => {
    const fleet = new SteadyFleet();
    const events = reports.flatMap((report, n) =>
      fleet.look(report, { wall: 1_000_000 + n * 10_000, monotonic: n * 10_000 }),
    );
    return { fleet, events };
  };
  const pulls = (health: Health) => reportOf({ pulls: [['idm-b', 'idm-a', health]] });

  it('tells of a broken pull with its cause, since when, and what stands', () => {
    const { fleet, events } = run([...many(3, pulls('replicating')), ...many(3, pulls('broken'))]);
    expect(events).toEqual([
      expect.objectContaining({
        kind: 'broke',
        subject: { consumer: 'idm-b', supplier: 'idm-a' },
        since: 1_030_000,
      }),
    ]);
    expect(fleet.standing.map(({ event }) => event.kind)).toEqual(['broke']);
  });

  it('takes it back when it heals, and forgets a pull that is gone', () => {
    const healed = run([...many(3, pulls('broken')), ...many(30, pulls('replicating'))]);
    expect(healed.events.map(({ kind }) => kind)).toEqual(['broke', 'healed']);
    expect(healed.fleet.standing).toEqual([]);
    expect(run([...many(3, pulls('broken')), reportOf({})]).fleet.standing).toEqual([]);
  });
});
