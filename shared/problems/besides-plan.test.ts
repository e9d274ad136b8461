import { expect, it } from 'vitest';
import { ruleProblem } from '../fleet/rules/registry';
import { stepOfTest } from '../../test/support/steps-of-test';
import { besidesPlan } from './besides-plan';

const link = (a: string, b: string) =>
  ruleProblem('link-not-deployed', null, 'It has not been deployed.', 'Deploy.', { link: `${a} → ${b}` });
const pins = (server: string, of: string) =>
  stepOfTest('configure', {
    server,
    changes: [
      {
        kind: 'pin-partner',
        partner: { origin: `repl://${of}.example.com:8444`, type: 'mutual-pull', automaticRefresh: false },
        ...{ of, certificate: { after: '1' } },
      },
    ],
  });
const codes = (entries: ReturnType<typeof besidesPlan>) => entries.map(({ root }) => root.message);

it('does not say of a plan’s own work that it has not been done', () => {
  const problems = [link('idm-a', 'idm-b')];
  expect(codes(besidesPlan({ steps: [pins('idm-b', 'idm-a')], problems }))).toEqual([]);
  expect(codes(besidesPlan({ steps: [], problems }))).toHaveLength(1);
});

it('says what the steps leave as it is, though they touch its servers', () => {
  const problems = [link('idm-a', 'idm-c')];
  expect(codes(besidesPlan({ steps: [pins('idm-a', 'idm-b')], problems }))).toHaveLength(1);
  const flag = ruleProblem('automatic-refresh-on-primary', 'idm-a', 'It may refresh itself.', 'Deploy.');
  expect(codes(besidesPlan({ steps: [pins('idm-a', 'idm-b')], problems: [flag] }))).toEqual([]);
  expect(
    codes(besidesPlan({ steps: [stepOfTest('verify', { server: 'idm-a' })], problems: [flag] })),
  ).toHaveLength(1);
});

it('does not say that a link is not drawn where the plan takes it out', () => {
  const undrawn = ruleProblem('link-not-drawn', null, 'It is not drawn.', 'Deploy.', {
    link: 'idm-a → idm-b',
  });
  const removes = (server: string) =>
    stepOfTest('configure', {
      server,
      changes: [{ kind: 'remove-partner', origin: 'repl://x.example.com:8444' }],
    });
  expect(codes(besidesPlan({ steps: [removes('idm-b')], problems: [undrawn] }))).toEqual([]);
  expect(codes(besidesPlan({ steps: [removes('idm-c')], problems: [undrawn] }))).toHaveLength(1);
  expect(codes(besidesPlan({ steps: [removes('idm-a')], problems: [link('idm-a', 'idm-b')] }))).toHaveLength(
    1,
  );
});

it('says everything that holds a step back', () => {
  const held = { ...link('idm-a', 'idm-b'), severity: 'error' } as const;
  expect(codes(besidesPlan({ steps: [pins('idm-b', 'idm-a')], problems: [held] }))).toHaveLength(1);
});
