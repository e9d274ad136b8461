import { describe, expect, it } from 'vitest';
import { matchesWildcard } from './wildcard';

describe('a pattern of OpenSSH', () => {
  it.each([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['a', 'a', true],
    ['a', 'ab', false],
    ['a.c', 'abc', false],
    ['?', '', false],
    ['b?', 'b1', true],
    ['b?', 'b12', false],
    ['*.example.com', 'x.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*a*b', 'xaxxbxb', true],
    ['*a*b', 'xaxxbxbc', false],
    ['**?**', 'a', true],
    ['[*]:22', '[x]:22', true],
    ['a*', 'a', true],
    ['(a+)+$', '(a+)+$', true],
  ])('%j matches %j: %s', (pattern, text, wanted) => {
    expect(matchesWildcard(pattern, text)).toBe(wanted);
  });

  it('takes a moment whatever it is: a regular expression took 47 s', () => {
    const began = performance.now();
    expect(matchesWildcard('*a*a*a*a*a*a*a*ab', 'a'.repeat(60))).toBe(false);
    expect(matchesWildcard('*a'.repeat(100_000), `${'a'.repeat(250)}b`)).toBe(false);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
