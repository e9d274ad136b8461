import { expect, it } from 'vitest';
import { ruleTable } from '../../shared/fleet/rules/rule-table';
import { ruleWords } from './rule-words';

it('every rule is explained where its problem is shown', () => {
  for (const code of Object.keys(ruleTable)) {
    const words = ruleWords(code);
    expect(words, code).not.toBeNull();
    expect(`${words?.what} ${words?.why ?? ''} ${words?.from}`, code).not.toMatch(/\*\*|`|\n|\]\(/);
  }
  expect(ruleWords('pin-differs')).toEqual({
    what: 'a server pins another certificate than its partner shows.',
    why: 'both directions fail until it is pinned anew.',
    from: 'measured.',
  });
  expect(ruleWords('primary-outvoted')?.from).toBe(
    "Kanilink's promise: never lose a database you did not name.",
  );
  expect(ruleWords('no-such-code')).toBeNull();
});
