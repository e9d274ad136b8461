import { describe, expect, it } from 'vitest';
import {
  fleetOfTest,
  noCertificateOfTest,
  observedOfTest,
  type SeenServer,
} from '../../../test/support/fleet-fixtures';
import { type ServerId, trusted } from '../../base/names';
import { makePlan } from './make-plan';
import type { Pair } from '../model/pair';
import type { Plan } from '../model/plan';

const planOf = (links: readonly string[], seen: readonly SeenServer[]): Plan =>
  makePlan(
    fleetOfTest(
      seen.map((it) => it.id),
      links,
    ),
    seen.map(observedOfTest),
  );

/** `configure idm-a`, one line a step, `!idm-b` where it erases. */
const outline = (plan: Plan): string[] =>
  plan.steps.map((step) => [step.action, step.server, ...step.erases.map((id) => `!${id}`)].join(' '));

const errors = (plan: Plan): string[] =>
  plan.problems.filter((problem) => problem.severity === 'error').map((problem) => problem.code);

describe('a pair of servers', () => {
  it('of a version without online backup shows that the backup stops the server', () => {
    const plan = planOf(
      ['idm-a > idm-b'],
      [
        { id: 'idm-a', domain: 'a', tables: [], version: '1.8.5' },
        { id: 'idm-b', domain: 'b', tables: [], version: '1.8.5' },
      ],
    );
    const backup = plan.steps.find((step) => step.action === 'backup');
    expect(backup).toMatchObject({ server: 'idm-b', stops: true });
    expect(backup?.summary).toBe('Stop idm-b, back up its database on idm-b, and start it again');
    expect(backup?.risk).toContain('stopped');
  });

  it('that both lack replication is prepared, linked, refreshed and proved, and only the secondary is erased', () => {
    const plan = planOf(
      ['idm-a > idm-b'],
      [
        { id: 'idm-a', domain: 'a', tables: null },
        { id: 'idm-b', domain: 'b', tables: null },
      ],
    );
    expect(errors(plan)).toEqual([]);
    expect(outline(plan)).toEqual([
      'configure idm-b',
      'read-certificate idm-b',
      'configure idm-a',
      'read-certificate idm-a',
      'configure idm-b',
      'backup idm-b',
      'refresh idm-b !idm-b',
      'verify idm-a',
      'verify idm-b',
      'compare idm-b',
    ]);
  });

  it('compares who an interrupted deploy did not get to, and each pair once', () => {
    const [A, B] = [trusted<ServerId>('idm-a'), trusted<ServerId>('idm-b')];
    const compared = (domain: string, uncompared: readonly Pair[] = [[B, A]]) => {
      const plan = makePlan(
        fleetOfTest(['idm-a', 'idm-b'], ['idm-a > idm-b']),
        [
          observedOfTest({ id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] }),
          observedOfTest({ id: 'idm-b', domain, tables: ['idm-a mutual-pull'] }),
        ],
        { uncompared },
      );
      return outline(plan).filter((it) => it.startsWith('compare'));
    };
    expect(compared('a')).toEqual(['compare idm-b']);
    expect(compared('b')).toEqual(['compare idm-b']);
    // Whichever stands first, it is the same pair.
    for (const domain of ['a', 'b']) {
      const again = compared(domain, [
        [B, A],
        [A, B],
      ]);
      expect(again).toHaveLength(1);
    }
  });

  it('shows a certificate that does not exist yet by the step that makes it known', () => {
    const plan = planOf(
      ['idm-a > idm-b'],
      [
        { id: 'idm-a', domain: 'a', tables: [] },
        { id: 'idm-b', domain: 'b', tables: null },
      ],
    );
    const step = plan.steps.find((it) => it.action === 'configure' && it.server === 'idm-a');
    expect(step?.diff).toContain('certificate of idm-b, known after step 2');
    expect(step?.needs).toContain('2');
  });

  it('that an interrupted deploy was at work on is proved, though nothing is left to do', () => {
    const fleet = fleetOfTest(['idm-a', 'idm-b'], ['idm-a > idm-b']);
    const seen = [
      observedOfTest({ id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] }),
      observedOfTest({ id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] }),
    ];
    const plan = makePlan(fleet, seen, { unproved: [trusted<ServerId>('idm-b')] });
    expect(outline(plan)).toEqual(['verify idm-a', 'verify idm-b']);
  });

  it('gives the same plan in whatever order its servers answer', () => {
    const fleet = fleetOfTest(['idm-c', 'idm-a', 'idm-b'], ['idm-a > idm-b', 'idm-a > idm-c']);
    const seen = ['idm-a', 'idm-b', 'idm-c'].map((id) => {
      const faults = [{ ...noCertificateOfTest(id), code: 'log-unreadable' }];
      return { ...observedOfTest({ id, domain: id.slice(-1), tables: [] }), faults };
    });
    const [inOrder, ...others] = [
      [2, 0, 1],
      [0, 1, 2],
      [1, 2, 0],
      [2, 1, 0],
    ].map((order) =>
      makePlan(
        fleet,
        order.flatMap((at) => seen[at] ?? []),
      ),
    );
    expect(others).toEqual(others.map(() => inOrder));
    const told = inOrder?.problems.flatMap((it) => (it.code === 'log-unreadable' ? it.server : []));
    expect(told).toEqual(['idm-c', 'idm-a', 'idm-b']);
  });

  it('that is as desired needs nothing', () => {
    const plan = planOf(
      ['idm-a > idm-b'],
      [
        { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] },
        { id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] },
      ],
    );
    expect(outline(plan)).toEqual([]);
    expect(errors(plan)).toEqual([]);
  });

  it('in one domain already is linked without erasing anybody', () => {
    const plan = planOf(
      ['idm-a > idm-b'],
      [
        { id: 'idm-a', domain: 'a', tables: [] },
        { id: 'idm-b', domain: 'a', tables: [] },
      ],
    );
    expect(outline(plan)).toEqual(['configure idm-a', 'configure idm-b', 'verify idm-a', 'verify idm-b']);
  });

  it('with automatic refresh is backed up before the file that erases it is written', () => {
    const plan = planOf(
      ['idm-a ~> idm-b automatic'],
      [
        { id: 'idm-a', domain: 'a', tables: [] },
        { id: 'idm-b', domain: 'b', tables: [] },
      ],
    );
    expect(outline(plan)).toEqual([
      'configure idm-a',
      'backup idm-b',
      'configure idm-b !idm-b',
      'refresh idm-b !idm-b',
      'verify idm-b',
      'compare idm-b',
    ]);
  });
});

describe('three servers', () => {
  it('in a triangle: the third pulls from its one source until it is refreshed', () => {
    const plan = planOf(
      ['idm-a > idm-b', 'idm-b > idm-c', 'idm-a > idm-c'],
      [
        { id: 'idm-a', domain: 'a', tables: [] },
        { id: 'idm-b', domain: 'b', tables: [] },
        { id: 'idm-c', domain: 'c', tables: [] },
      ],
    );
    expect(errors(plan)).toEqual([]);
    for (const id of ['idm-b', 'idm-c']) {
      const before = plan.steps.slice(
        0,
        plan.steps.findIndex((step) => step.action === 'refresh' && step.server === id),
      );
      const last = before.filter((step) => step.action === 'configure' && step.server === id).at(-1);
      expect(last?.action === 'configure' && last.pullsFrom).toEqual(['repl://idm-a.example.com:8444']);
    }
  });

  it('in a chain: nobody is refreshed before its source', () => {
    const plan = planOf(
      ['idm-a > idm-b', 'idm-b > idm-c'],
      [
        { id: 'idm-c', domain: 'c', tables: [] },
        { id: 'idm-b', domain: 'b', tables: [] },
        { id: 'idm-a', domain: 'a', tables: [] },
      ],
    );
    const refreshed = plan.steps.filter((step) => step.action === 'refresh').map((step) => step.server);
    expect(refreshed).toEqual(['idm-b', 'idm-c']);
  });

  it('with an automatic secondary behind a reborn one: it is let near it only after the proof', () => {
    const plan = planOf(
      ['idm-a > idm-b', 'idm-b ~> idm-c automatic'],
      [
        { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] },
        { id: 'idm-b', domain: 'b', tables: null },
        { id: 'idm-c', domain: 'a', tables: ['idm-b pull automatic'] },
      ],
    );
    const steps = outline(plan);
    expect(steps.indexOf('configure idm-c')).toBeGreaterThan(steps.indexOf('refresh idm-b !idm-b'));
    expect(plan.steps.flatMap((step) => step.erases)).not.toContain('idm-c');
  });

  it('with an automatic secondary whose links change: it is disarmed before anything else', () => {
    const plan = planOf(
      ['idm-a > idm-b', 'idm-a > idm-c'],
      [
        { id: 'idm-a', domain: 'a', tables: [] },
        { id: 'idm-b', domain: 'a', tables: [] },
        { id: 'idm-c', domain: 'c', tables: ['idm-b pull automatic'] },
      ],
    );
    expect(outline(plan)[0]).toBe('configure idm-c');
    expect(plan.steps[0]?.diff).toContain('+automatic_refresh = false');
  });
});

describe('trouble', () => {
  it('with one server holds back only who needs it', () => {
    const plan = planOf(
      ['idm-a > idm-b', 'idm-a > idm-c'],
      [
        { id: 'idm-a', domain: 'a', tables: [] },
        { id: 'idm-b', domain: 'b', tables: [], state: 'stopped' },
        { id: 'idm-c', domain: 'a', tables: [] },
      ],
    );
    expect(plan.blocked).toBe(false);
    expect(errors(plan).length).toBeGreaterThan(0);
    expect(new Set(plan.steps.map((step) => step.server))).toEqual(new Set(['idm-a', 'idm-c']));
  });

  it('a partner the fleet does not know blocks a refresh', () => {
    const plan = planOf(
      ['idm-a > idm-b'],
      [
        { id: 'idm-a', domain: 'a', tables: [] },
        { id: 'idm-b', domain: 'b', tables: ['idm-x mutual-pull'] },
      ],
    );
    expect(errors(plan)).toContain('unknown-partner-blocks-refresh');
    expect(plan.steps.flatMap((step) => step.erases)).toEqual([]);
  });

  it('a server that is about to erase itself blocks everything', () => {
    const plan = planOf(
      ['idm-a > idm-b'],
      [
        { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull automatic'] },
        { id: 'idm-b', domain: 'b', tables: ['idm-a mutual-pull'] },
      ],
    );
    expect(plan.blocked).toBe(true);
    expect(errors(plan)).toContain('erases-itself');
  });
});
