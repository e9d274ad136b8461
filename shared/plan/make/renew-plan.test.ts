import { describe, expect, it } from 'vitest';
import {
  fleetOfTest,
  observedOfTest,
  originOfTest,
  type SeenServer,
} from '../../../test/support/fleet-fixtures';
import { type ServerId, trusted } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import type { Plan } from '../model/plan';
import { makeRenewPlan } from './renew-plan';

const pair: readonly SeenServer[] = [
  { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] },
  { id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] },
];

const planOf = (
  seen: readonly SeenServer[],
  links: readonly string[],
  id: string,
  change: (server: ObservedServer) => ObservedServer = (server) => server,
): Plan =>
  makeRenewPlan(
    fleetOfTest(
      seen.map((it) => it.id),
      links,
    ),
    seen.map((it) => change(observedOfTest(it))),
    trusted<ServerId>(id),
  );

const outline = (plan: Plan): string[] => plan.steps.map((step) => `${step.action} ${step.server}`);
const errors = (plan: Plan): string[] =>
  plan.problems.filter((problem) => problem.severity === 'error').map((problem) => problem.code);

describe('a renewal', () => {
  it('comes first, then its partners pin what it made, then both directions are proved; nobody is erased', () => {
    const plan = planOf(pair, ['idm-a > idm-b'], 'idm-b');
    expect(errors(plan)).toEqual([]);
    expect(outline(plan)).toEqual([
      'renew-certificate idm-b',
      'configure idm-a',
      'verify idm-b',
      'verify idm-a',
    ]);
    expect(plan.steps[1]).toMatchObject({ needs: ['1'], erases: [] });
    expect(plan.steps[1]?.diff).toContain('certificate of idm-b, known after step 1');
    expect(plan.steps.flatMap((step) => step.erases)).toEqual([]);
  });

  it('proves the pulls of those who pin, and no other, in the order of the fleet', () => {
    const plan = planOf(
      [
        // Partners answer in any order.
        { id: 'idm-c', domain: 'a', tables: ['idm-b mutual-pull', 'idm-a mutual-pull'] },
        { id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull', 'idm-c mutual-pull'] },
        { id: 'idm-d', domain: 'a', tables: [] },
        { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull', 'idm-c mutual-pull', 'idm-d pull'] },
      ],
      ['idm-a > idm-b', 'idm-b > idm-c', 'idm-a > idm-d'],
      'idm-a',
    );
    expect(outline(plan).slice(0, 3)).toEqual([
      'renew-certificate idm-a',
      'configure idm-b',
      'configure idm-c',
    ]);
    // What else they pin is another server's.
    for (const step of plan.steps)
      if (step.action === 'configure')
        expect(step.changes).toMatchObject([{ partner: { origin: originOfTest('idm-a') }, of: 'idm-a' }]);
    const proved = plan.steps.flatMap((step) =>
      step.action === 'verify' ? [[step.server, ...step.suppliers.map((it) => it.server)].join(' ')] : [],
    );
    expect(proved).toEqual(['idm-a idm-b idm-c', 'idm-b idm-a', 'idm-c idm-a']);
  });

  it('of one that pulls from nobody proves the pulls from it alone', () => {
    const plan = planOf(
      [
        { id: 'idm-a', domain: 'a', tables: ['idm-b pull'] },
        { id: 'idm-b', domain: 'a', tables: ['idm-a allow-pull'] },
      ],
      ['idm-b ~> idm-a'],
      'idm-b',
    );
    expect(outline(plan).slice(2)).toEqual(['verify idm-a']);
  });

  it('says of which partner the file cannot be changed, and is blocked', () => {
    const plan = planOf(pair, ['idm-a > idm-b'], 'idm-b', ({ file, ...it }) => ({
      ...it,
      file: file && { ...file, text: it.id === 'idm-a' ? 'no = [toml' : file.text },
    }));
    expect(plan.blocked).toBe(true);
    expect(plan.problems).toMatchObject([{ severity: 'error', server: null, where: { server: 'idm-a' } }]);
  });

  it('of a server that does not run is refused as that alone', () => {
    const stopped = pair.map((it) => (it.id === 'idm-b' ? { ...it, state: 'stopped' as const } : it));
    expect(errors(planOf(stopped, ['idm-a > idm-b'], 'idm-b'))).toEqual(['no-certificate']);
  });

  it('tells what is wrong with any server, besides', () => {
    const fault = { code: 'admin-socket', message: 'no answer', fix: 'look', where: { server: 'idm-b' } };
    const plan = planOf(pair, ['idm-a > idm-b'], 'idm-a', (it) =>
      it.id === 'idm-b' ? { ...it, faults: [fault] } : it,
    );
    expect(plan.problems.map((it) => it.code)).toContain('admin-socket');
    expect(outline(plan)).toContain('renew-certificate idm-a');
  });

  it('pins on every partner, outward from the primary', () => {
    const plan = planOf(
      [
        { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull', 'idm-c mutual-pull'] },
        { id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] },
        { id: 'idm-c', domain: 'a', tables: ['idm-a mutual-pull'] },
      ],
      ['idm-a > idm-b', 'idm-a > idm-c'],
      'idm-a',
    );
    expect(outline(plan)).toEqual([
      'renew-certificate idm-a',
      'configure idm-b',
      'configure idm-c',
      'verify idm-a',
      'verify idm-b',
      'verify idm-c',
    ]);
  });

  it.each<[string, string, (server: ObservedServer) => ObservedServer]>([
    [
      'a partner is down',
      'partner-not-running',
      (it) => (it.id === 'idm-a' ? { ...it, state: 'stopped' } : it),
    ],
    [
      'it shows no certificate',
      'no-certificate',
      (it) => (it.id === 'idm-b' ? { ...it, certificate: null } : it),
    ],
    [
      'a partner shows none',
      'partner-without-certificate',
      (it) => (it.id === 'idm-a' ? { ...it, certificate: null } : it),
    ],
  ])('is refused whole when %s', (_what, code, change) => {
    const plan = planOf(pair, ['idm-a > idm-b'], 'idm-b', change);
    expect(plan).toMatchObject({ blocked: true, steps: [] });
    expect(errors(plan)).toContain(code);
  });

  it('is refused when a partner is not in the fleet', () => {
    const plan = planOf(
      [...pair.slice(0, 1), { id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull', 'idm-x mutual-pull'] }],
      ['idm-a > idm-b'],
      'idm-b',
    );
    expect(plan).toMatchObject({ blocked: true, steps: [] });
    expect(errors(plan)).toContain('unknown-partner-blocks-renewal');
  });

  it('is refused when the server’s log says that it cannot resolve a partner’s name', () => {
    const plan = planOf(pair, ['idm-a > idm-b'], 'idm-b', (server) => ({
      ...server,
      log: {
        from: 0,
        to: 10,
        startedAt: null,
        runningVersion: null,
        listening: true,
        rounds: [],
        troubles: [
          {
            code: 'name-not-found',
            health: 'broken',
            cause: '',
            fix: '',
            evidence: "Unable to resolve 'repl://idm-a.example.com:8444' to ip:port",
            at: 5,
          },
        ],
      },
    }));
    expect(plan.blocked).toBe(true);
    expect(errors(plan)).toContain('partner-name-not-found');
  });
});
