import { describe, expect, it } from 'vitest';
import { fleetOfTest, observedOfTest, type SeenServer } from '../../../test/support/fleet-fixtures';
import { type Origin, type ServerId, trusted } from '../../base/names';
import type { Fleet } from '../../fleet/model/fleet';
import { makePlan, type PlanWishes } from './make-plan';

/* What no step can do, and what is said instead. */

const BEYOND = trusted<Origin>('repl://idm-x.example.com:8444');
const a: SeenServer = { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] };
const b: SeenServer = { id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull', 'idm-c mutual-pull'] };
const c: SeenServer = { id: 'idm-c', domain: 'a', tables: ['idm-b mutual-pull'] };
const down = (it: SeenServer): SeenServer => ({ ...it, state: 'stopped' });
const CHAIN = ['idm-a > idm-b', 'idm-b > idm-c'];

const problems = (
  links: readonly string[],
  seen: readonly SeenServer[],
  more: Partial<Fleet> = {},
  wishes: PlanWishes = {},
) =>
  makePlan(
    fleetOfTest(
      seen.map((it) => it.id),
      links,
      more,
    ),
    seen.map(observedOfTest),
    wishes,
  ).problems;

describe('a server that is taken out', () => {
  it('is to be stopped by hand, once a step takes its table out', () => {
    const stop = (it: SeenServer, removed: readonly Origin[]) =>
      problems(CHAIN, [it, b, c], { removed }).filter(({ code }) => code === 'stop-removed-server');
    const pulling = { ...a, tables: ['idm-b mutual-pull', 'idm-x pull'] };
    expect(stop(pulling, [BEYOND])).toMatchObject([{ message: expect.stringContaining(BEYOND) }]);
    expect(stop(a, [BEYOND])).toEqual([]);
    expect(stop(pulling, [])).toEqual([]);
    // Another table is written, none goes.
    expect(stop({ ...a, tables: [] }, [BEYOND])).toEqual([]);
  });
});

describe('a primary that does not run', () => {
  const lost = (seen: readonly SeenServer[], links = CHAIN) =>
    problems(links, seen).filter(({ code }) => code === 'primary-not-seen');

  it('is to be brought back, or another server with its data takes its place', () => {
    const [said] = lost([down(a), down(b), c]);
    expect(said).toMatchObject({ server: 'idm-a', fix: expect.stringContaining('so that idm-c, or') });
    expect(lost([down(a), b, c])[0]?.fix).toContain('so that idm-b, or');
  });

  it('is only to be brought back where no other one runs', () => {
    expect(lost([down(a), down(b), down(c)])[0]?.fix).toBe('Bring idm-a back.');
    // idm-c has another primary: itself, alone or with a link of its own.
    expect(lost([down(a), down(b), c], ['idm-a > idm-b'])[0]?.fix).toBe('Bring idm-a back.');
    const two = [down(a), down(b), c, { ...c, id: 'idm-d' }];
    expect(lost(two, ['idm-a > idm-b', 'idm-c > idm-d'])[0]?.fix).toBe('Bring idm-a back.');
  });

  it('is none where it runs, or a secondary is what does not', () =>
    expect([lost([a, b, c]), lost([a, down(b), down(c)])]).toEqual([[], []]));
});

describe('a refresh that is asked for', () => {
  const asked = (id: string, links: readonly string[], seen = [a, b, c]) =>
    problems(links, seen, {}, { refresh: [trusted<ServerId>(id)] }).filter((it) => it.severity === 'error');

  it('is for a server of the fleet that has a source', () => {
    expect(asked('idm-z', CHAIN)).toMatchObject([{ code: 'no-such-server', server: null }]);
    expect(asked('idm-a', CHAIN)).toMatchObject([{ code: 'primary-has-no-source', server: null }]);
    expect(asked('idm-b', CHAIN)).toEqual([]);
  });

  it('waits until nobody else could take the old data by itself', () => {
    const links = ['idm-a > idm-b', 'idm-b ~> idm-c automatic'];
    expect(asked('idm-b', links).map((it) => it.code)).toContain('automatic-refresh-after-restore');
    expect(problems(links, [a, b, c]).map((it) => it.code)).not.toContain('automatic-refresh-after-restore');
  });
});
