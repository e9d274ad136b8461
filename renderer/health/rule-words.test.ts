import { expect, it } from 'vitest';
import { chapters } from '../../shared/fleet/rules/registry';
import { ruleWords } from './rule-words';

it('every rule is explained where its problem is shown, in plain text', () => {
  const codes = chapters.flatMap(({ families }) => families.flatMap(({ words }) => Object.keys(words)));
  expect(new Set(codes).size).toBe(codes.length);
  for (const code of codes)
    expect(`${ruleWords(code)?.what} ${ruleWords(code)?.why ?? ''}`, code).toMatch(
      /^[^`\n]*\.( [^`\n]*\.)?$|^[^`\n]*\. $/,
    );
  expect(ruleWords('pin-differs')).toEqual({
    what: 'a server pins another certificate than its partner shows.',
    why: 'both directions fail until it is pinned again.',
  });
  expect(ruleWords('no-such-code')).toBeNull();
  expect(ruleWords('toString')).toBeNull();
});
