import { Linter } from 'eslint';
import { expect, it } from 'vitest';
import { twoWayOverKinds } from './two-way.mjs';

const found = (code: string): number =>
  new Linter().verify(code, { rules: { 'no-restricted-syntax': ['error', ...twoWayOverKinds] } }).length;

it.each([
  "const a = server.connect === 'ssh' ? 1 : 2;",
  "const a = server?.connect !== 'docker' ? 1 : 2;",
  "const a = 'ssh' === connect ? 1 : 2;",
  "if (form.connect === 'docker') done();",
  "if (connect === 'ssh') a(); else b();",
  "const a = ready && server.connect === 'ssh' ? 1 : 2;",
  "const docker = server.connect === 'docker';",
  "const docker = $derived(form.connect === 'docker');",
  "const a = step.action === 'refresh' ? 1 : 2;",
  "const a = ready && 'refresh' !== action ? 1 : 2;",
  "if (step.action === 'start') a(); else b();",
])('%s is an error', (code) => {
  expect(found(code)).toBe(1);
});

it.each([
  'const a = kinds[server.connect].label;',
  "if (step.action !== 'refresh') done();",
  "const mine = all.filter((it) => it.action === 'refresh');",
  'if (connect === undefined) done();',
  "const own = all.filter((it) => it.connect === 'ssh');",
])('%s is none', (code) => {
  expect(found(code)).toBe(0);
});
