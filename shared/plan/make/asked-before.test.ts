import { describe, expect, it } from 'vitest';
import { fleetOfTest, observedOfTest, originOfTest } from '../../../test/support/fleet-fixtures';
import { type ServerId, trusted } from '../../base/names';
import { parseOrigin } from '../../base/origin';
import type { Round } from '../../kanidmd/health';
import type { ObservedServer } from '../../observed/observed';
import type { Plan } from '../model/plan';
import { makePlan } from './make-plan';
import { makeServicePlan } from './service-plan';

/*
 * A refresh that was asked for and waits erases its server as soon as the supplier answers: also when that supplier is
 * started, or restarted with a file that its process has not read (`kanidm.md`, "Refresh erases", 8).
 */

const FLEET = fleetOfTest(['idm-a', 'idm-b'], ['idm-a > idm-b']);
const B = trusted<ServerId>('idm-b');
const a = observedOfTest({ id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] });
const b = (more: object, domain = 'b', tables = ['idm-a mutual-pull']) =>
  observedOfTest({ id: 'idm-b', domain, tables, ...more });

const outline = (plan: Plan) => plan.steps.map(({ action, server }) => `${action} ${server}`);
const withLog = (seen: ObservedServer, ageMs: number, ports = [8444]): ObservedServer => {
  const round: Partial<Round> = {
    at: 1e9 - ageMs * 1000,
    kind: 'incremental',
    supplierHost: parseOrigin(originOfTest('idm-b'))?.host ?? '',
    ports,
    lines: [],
  };
  const log = { from: 0, to: 1e9, startedAt: null, runningVersion: null, listening: true, troubles: [] };
  return { ...seen, log: { ...log, rounds: [round as Round] } };
};

describe('whoever may have been asked is restarted first', () => {
  it.each(['a', 'b'])('before a start, whichever domain it will be in (%s)', (domain) => {
    const plan = makeServicePlan(FLEET, [a, b({ state: 'stopped' }, domain)], { kind: 'start', server: B });
    expect(outline(plan).slice(0, 2)).toEqual(['restart idm-a', 'start idm-b']);
    expect(plan.steps[0]?.why).toContain('may still be queued');
    expect(plan.blocked).toBe(false);
  });

  it('before a restart with a file that no process has read', () => {
    const plan = makeServicePlan(FLEET, [a, b({ stale: true })], { kind: 'restart', server: B });
    expect(outline(plan).slice(0, 2)).toEqual(['restart idm-a', 'restart idm-b']);
  });

  it('before a restart that an apply makes for such a file', () => {
    const [first, second] = outline(makePlan(FLEET, [a, b({ stale: true })]));
    expect([first, second]).toEqual(['restart idm-a', 'restart idm-b']);
  });

  it('before a new file in place of such a one', () => {
    const armed = b({ stale: true }, 'b', ['idm-a mutual-pull automatic']);
    const blocked = makePlan(FLEET, [observedOfTest({ id: 'idm-a', domain: 'a', tables: [] }), armed]);
    expect(blocked.blocked).toBe(false);
    const three = fleetOfTest(['idm-a', 'idm-b', 'idm-c'], ['idm-a > idm-b', 'idm-a > idm-c']);
    const plan = makePlan(three, [
      observedOfTest({ id: 'idm-a', domain: 'a', tables: ['idm-c pull'] }),
      observedOfTest({ id: 'idm-b', domain: 'a', tables: [] }),
      observedOfTest({
        id: 'idm-c',
        domain: 'c',
        tables: ['idm-a allow-pull', 'idm-b pull automatic'],
        stale: true,
      }),
    ]);
    const steps = outline(plan);
    expect(steps.indexOf('restart idm-a')).toBeGreaterThan(-1);
    expect(steps.indexOf('restart idm-a')).toBeLessThan(steps.indexOf('configure idm-c'));
  });

  it('also where what it runs with is not known: its own file was not read either', () => {
    const silent = observedOfTest({ id: 'idm-a', domain: 'a', tables: [], stale: true });
    const restart = { kind: 'restart', server: B } as const;
    const plan = makeServicePlan(FLEET, [silent, b({ stale: true })], restart);
    expect(outline(plan).slice(0, 2)).toEqual(['restart idm-a', 'restart idm-b']);
    // A log that shows no name it dials says nothing of what waits.
    const logged = makeServicePlan(FLEET, [withLog(silent, 1000), b({ stale: true })], restart);
    expect(outline(logged)[0]).toBe('restart idm-a');
  });
});

describe('nobody is restarted', () => {
  it('whose rounds with that supplier come when they are due: nothing waits', () => {
    const start = { kind: 'start', server: B } as const;
    const stopped = b({ state: 'stopped' });
    // One that is a little late is on time, to the very end.
    for (const age of [12_000, 17_000])
      expect(outline(makeServicePlan(FLEET, [withLog(a, age), stopped], start))[0]).toBe('start idm-b');
    // The newest is overdue: by now the name may not resolve, and a request would wait.
    expect(outline(makeServicePlan(FLEET, [withLog(a, 18_000), stopped], start))[0]).toBe('restart idm-a');
    // It says itself how often it makes one.
    const replication = a.config?.replication && { ...a.config.replication, taskPollInterval: 60 };
    const slow = { ...a, config: a.config && { ...a.config, replication: replication ?? null } };
    expect(outline(makeServicePlan(FLEET, [withLog(slow, 18_000), stopped], start))[0]).toBe('start idm-b');
    // A round with another server of that host.
    expect(outline(makeServicePlan(FLEET, [withLog(a, 12_000, [8445]), stopped], start))[0]).toBe(
      'restart idm-a',
    );
  });

  it('before a restart with the file that the process has read: nobody new is let in', () => {
    const plan = makeServicePlan(FLEET, [a, b({})], { kind: 'restart', server: B });
    expect(outline(plan)).not.toContain('restart idm-a');
  });

  it('within one domain, or that is not let in', () => {
    const restart = { kind: 'restart', server: B } as const;
    for (const seen of [b({ stale: true }, 'a'), b({ stale: true }, 'b', [])])
      expect(outline(makeServicePlan(FLEET, [a, seen], restart))).not.toContain('restart idm-a');
  });
});

it('two of which each would let the other are not restarted at all, and it says what to do', () => {
  const stale = observedOfTest({ id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'], stale: true });
  const plan = makePlan(FLEET, [stale, b({ stale: true })]);
  expect(plan.blocked).toBe(true);
  const problem = plan.problems.find((it) => it.code === 'would-erase');
  expect(problem?.message).toContain('asked for earlier');
  expect(problem?.fix).toMatch(/^Stop idm-[ab], restart idm-[ab], start idm-[ab]/);
});
