import { expect, it } from 'vitest';
import source from './LogRow.svelte?raw';

it('what a server colours has none of the colours in which Kanilink says how it is', () => {
  const rules = [...source.matchAll(/(?:\.ansi-\w+,?\s*)+\{[^}]*\}/g)].map(([rule]) => rule);
  expect(rules.filter((rule) => rule.includes('.ansi-green'))).toHaveLength(1);
  for (const rule of rules) expect(rule).not.toMatch(/--(good|warn|bad)\b/);
});
