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
    lines.map((text, at) => ({ at: AT + at, text })),
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

  it('is never planned by itself', () => {
    const plan = makePlan(fleet, pair(consumer, supplier));
    expect(plan.steps.map((it) => it.action)).not.toContain('refresh');
  });
});
