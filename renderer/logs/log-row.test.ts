import { expect, it } from 'vitest';
import { TEXT_STYLES } from '../../shared/base/text-styles';
import source from './LogRow.svelte?raw';

it('what a server colours has none of the colours in which Kanilink says how it is', () => {
  const rules = [...source.matchAll(/(?:\.ansi-\w+,?\s*)+\{[^}]*\}/g)].map(([rule]) => rule);
  expect(rules.filter((rule) => rule.includes('.ansi-green'))).toHaveLength(1);
  for (const rule of rules) expect(rule).not.toMatch(/--(good|warn|bad)\b/);
});

it('every text style has its rule, but the two colours that a background swallows', () => {
  const ruled = new Set([...source.matchAll(/\.ansi-(\w+)/g)].map(([, style = '']) => style));
  const drawn = TEXT_STYLES.filter((style) => style !== 'black' && style !== 'white');
  expect([...ruled].sort()).toEqual([...drawn].sort());
});
