import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fleetOfTest, observedOfTest } from '../../../test/support/fleet-fixtures';
import { readLog } from '../../kanidmd/rounds';
import type { ObservedServer } from '../../observed/observed';
import type { LogEvidence } from '../../kanidmd/evidence';
import { makePlan } from './make-plan';

const AT = 1_795_000_000_000_000;
const field = (name: string): { readonly consumer: string[]; readonly supplier: string[] } =>
  JSON.parse(
    readFileSync(new URL(`../../../test/field/logs/${name}.json`, import.meta.url), 'utf8'),
  ) as never;
const logOf = (lines: readonly string[]): LogEvidence =>
  readLog(
    lines.map((text, index) => ({ at: AT + index, text })),
    AT,
    AT + 60_000_000,
  );

const fleet = fleetOfTest(['idm-a', 'idm-b'], ['idm-a > idm-b']);
const pair = (consumer: readonly string[], supplier: readonly string[]): readonly ObservedServer[] => [
  { ...observedOfTest({ id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] }), log: logOf(supplier) },
  { ...observedOfTest({ id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] }), log: logOf(consumer) },
];
const asked = (seen: readonly ObservedServer[]) => makePlan(fleet, seen, { refresh: ['idm-b' as never] });

describe('a refresh from a source that is behind', () => {
  const { consumer, supplier } = field('44-green-but-supplier-lagging');

  it('is planned where nothing says so', () => {
    expect(asked(pair([], [])).steps.map((it) => it.action)).toContain('refresh');
  });

  it.each([
    ['the consumer’s newest round', consumer, []],
    ['the supplier', [], supplier],
    ['both', consumer, supplier],
    ['a recording without the supplier’s log', field('44c-ahead-supplier-log-unread').consumer, []],
  ])('is refused though it is asked for by name, when %s says so', (_, mine, theirs) => {
    const plan = asked(pair(mine, theirs));
    expect(plan.blocked).toBe(true);
    expect(plan.steps.map((it) => it.action)).not.toContain('refresh');
    expect(plan.problems).toContainEqual(expect.objectContaining({ code: 'source-is-behind' }));
    expect(plan.problems.map((it) => it.fix).join()).not.toMatch(/refresh idm-b/);
  });

  it('is refused to that server alone: another one is refreshed', () => {
    const third = fleetOfTest(['idm-a', 'idm-b', 'idm-c'], ['idm-a > idm-b', 'idm-a > idm-c']);
    const c = observedOfTest({ id: 'idm-c', domain: 'a', tables: ['idm-a mutual-pull'] });
    const refresh = ['idm-b', 'idm-c'] as never;
    const { steps } = makePlan(third, [...pair(consumer, []), c], { refresh });
    expect(steps.flatMap((it) => (it.action === 'refresh' ? [it.server] : []))).toEqual(['idm-c']);
  });

  it('is never planned by itself', () => {
    const plan = makePlan(fleet, pair(consumer, supplier));
    expect(plan.steps.map((it) => it.action)).not.toContain('refresh');
  });

  it('is planned where another supplier is behind, or another round came since', () => {
    const [a, b] = pair(consumer, []);
    if (!a || !b?.log) throw new Error('they are there');
    const [lagging] = b.log.rounds;
    if (!lagging) throw new Error('there is a round');
    const c = observedOfTest({ id: 'idm-c', domain: 'a', tables: [] });
    const fleetOfThree = fleetOfTest(['idm-a', 'idm-b', 'idm-c'], ['idm-a > idm-b']);
    const refreshes = (...rounds: readonly Partial<typeof lagging>[]): boolean => {
      const log = { ...b.log, rounds: rounds.map((it) => ({ ...lagging, ...it })) } as LogEvidence;
      const plan = makePlan(fleetOfThree, [a, { ...b, log }, c], { refresh: ['idm-b' as never] });
      return plan.steps.some((it) => it.action === 'refresh');
    };
    expect(refreshes({})).toBe(false);
    expect(refreshes({}, { outcome: { kind: 'success' } })).toBe(true);
    expect(refreshes({ supplierHost: 'idm-c.example.com' })).toBe(true);
    // A name that no server of the fleet has may be the source’s.
    expect(refreshes({ supplierHost: 'other.example.com' })).toBe(false);
    // Nor does a server without an origin stand for any name.
    const bare = observedOfTest({ id: 'idm-c', domain: 'a', tables: null });
    const lost = makePlan(fleetOfThree, [a, b, bare], { refresh: ['idm-b' as never] });
    expect(lost.steps.some((it) => it.action === 'refresh')).toBe(false);
    const { outcome } = lagging;
    if (outcome.kind !== 'trouble') throw new Error('it is trouble');
    const slow = { ...outcome, trouble: { ...outcome.trouble, code: 'slow-answer' } };
    expect(refreshes({ outcome: slow })).toBe(true);
  });

  it('is planned though the source says something else of itself', () => {
    const [a, b] = pair([], supplier);
    if (!a?.log || !b) throw new Error('they are there');
    const log = { ...a.log, troubles: a.log.troubles.map((it) => ({ ...it, code: 'client-refused' })) };
    expect(asked([{ ...a, log }, b]).steps.map((it) => it.action)).toContain('refresh');
  });
});
