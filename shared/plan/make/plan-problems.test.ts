import { describe, expect, it } from 'vitest';
import {
  fleetOfTest,
  observedOfTest,
  originOfTest,
  readCertificateOfTest,
  type SeenServer,
} from '../../../test/support/fleet-fixtures';
import { type ServerId, trusted } from '../../base/names';
import type { Problem } from '../../base/problem';
import type { ObservedServer } from '../../observed/observed';
import type { PlannedChange } from '../steps/configure';
import { builderOf, makePlan, planOf } from './make-plan';
import type { PlanBuilder } from './plan-builder';

/* What a plan says of what it cannot do, of whom it is, and whether it may run all the same. */

const [A, B] = [trusted<ServerId>('idm-a'), trusted<ServerId>('idm-b')];
const a: SeenServer = { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] };
const b: SeenServer = { id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] };
const LINKS = ['idm-a > idm-b', 'idm-a > idm-c'];

describe('a link that is not written', () => {
  const c: SeenServer = { id: 'idm-c', domain: 'a', tables: [] };
  const unwritten = (third: ObservedServer): Problem => {
    const fleet = fleetOfTest(['idm-a', 'idm-b', 'idm-c'], LINKS);
    const { problems } = makePlan(fleet, [observedOfTest(a), observedOfTest(b), third]);
    const found = problems.find((it) => it.code === 'certificate-unknown');
    if (found === undefined) throw new Error('it is said');
    return found;
  };

  it('is a matter of both servers, and why is said', () => {
    const problem = unwritten(observedOfTest({ ...c, state: 'stopped' }));
    expect(problem).toMatchObject({ severity: 'error', server: 'idm-a', servers: ['idm-a', 'idm-c'] });
    expect(problem.message).toBe(
      'The link between idm-a and idm-c is not written on idm-a: idm-c shows no certificate now.',
    );
  });

  it('because its partner is held back is told as that', () => {
    const renamed = { certificate: readCertificateOfTest('idm-c', 'old.example.com') };
    const held = { ...observedOfTest({ ...c, tables: ['idm-x pull'] }), ...renamed };
    expect(unwritten(held).message).toContain('is not written on idm-a: idm-c is held back.');
  });
});

it('what one server’s own trouble is concerns that one alone', () => {
  const drawn = { ...b, tables: ['idm-a pull', 'idm-x pull'] };
  const { problems } = makePlan(fleetOfTest(['idm-a', 'idm-b'], ['idm-a ~> idm-b automatic']), [
    observedOfTest(a),
    observedOfTest(drawn),
  ]);
  const said = problems.find((it) => it.code === 'automatic-refresh-beside-unknown');
  expect(said).toMatchObject({ server: 'idm-b', message: expect.stringContaining('(repl://idm-x.') });
  expect(said).not.toHaveProperty('servers');
});

it('a version that is not known gets no line that only some versions want', () => {
  const seen = { ...observedOfTest({ ...a, tables: null }), versionOnDisk: null };
  const { steps } = makePlan(fleetOfTest(['idm-a', 'idm-b'], ['idm-a > idm-b']), [seen, observedOfTest(b)]);
  const changes = steps.flatMap((it) => (it.action === 'configure' ? it.changes : []));
  expect(changes.map((it) => it.kind)).toContain('set-origin');
  expect(changes.map((it) => it.kind)).not.toContain('acknowledge');
});

describe('a plan that brings no step', () => {
  const made = (second: SeenServer) => {
    const { steps, blocked } = makePlan(fleetOfTest(['idm-a', 'idm-b'], ['idm-a > idm-b']), [
      observedOfTest(a),
      observedOfTest(second),
    ]);
    return { steps, blocked };
  };

  it('is blocked by an error about one server: else it would say that all is as the fleet file says', () =>
    expect(made({ ...b, state: 'stopped' })).toEqual({ steps: [], blocked: true }));

  it('is not where all is so', () => expect(made(b)).toEqual({ steps: [], blocked: false }));
});

describe('a job that names what it is about', () => {
  const FLEET = fleetOfTest(['idm-a', 'idm-b'], []);
  const problem = (severity: Problem['severity']): Problem =>
    ({ code: 'no-origin', severity, server: A, message: 'odd', fix: '', where: {} }) as never;
  const plan = (problems: readonly Problem[], draw: (it: PlanBuilder) => void = () => undefined) => {
    const builder = builderOf(FLEET, [observedOfTest(a), observedOfTest(b)]);
    draw(builder);
    return planOf(builder, problems);
  };

  it('is blocked by an error once it has no step, by nothing else', () => {
    const blocked = [
      plan([problem('warning'), problem('error')]),
      plan([problem('warning')]),
      plan([problem('error')], (it) => it.restart(B, '')),
      plan([]),
    ].map((it) => it.blocked);
    expect(blocked).toEqual([true, false, false, false]);
  });

  it('says a problem once', () => {
    expect(plan([problem('warning'), problem('warning')]).problems).toHaveLength(1);
  });

  it('is blocked by what is an error to anything that found it', () => {
    const twice = [problem('error'), problem('warning')];
    for (const found of [twice, [...twice].reverse()])
      expect(plan(found)).toMatchObject({ blocked: true, problems: [{ severity: 'error' }] });
  });

  it('says what each step would do that it is not there to do, and what to do before', () => {
    const pin: PlannedChange = {
      ...{ kind: 'pin-partner', of: A, certificate: { known: readCertificateOfTest('idm-a') } },
      partner: { origin: originOfTest('idm-a'), type: 'mutual-pull', automaticRefresh: true },
    };
    const builder = builderOf(FLEET, [observedOfTest(a), observedOfTest({ ...b, domain: 'b', tables: [] })]);
    builder.configure(B, [pin], { summary: 'Write', why: '', needs: [] });
    const { blocked, problems } = planOf(builder, []);
    expect(blocked).toBe(true);
    const { id } = builder.steps.at(-1) ?? { id: '' };
    expect(problems).toMatchObject([
      {
        code: 'would-erase',
        message: `Step ${id} (Write) would make idm-b erase itself with idm-a’s data.`,
        fix: 'Turn automatic_refresh off on idm-b first, then plan again.',
      },
    ]);
  });
});
