import { describe, expect, it } from 'vitest';
import { unpadded } from './base64';
import { withoutTrailing } from './without-trailing';

describe('a run of one character at the end', () => {
  it.each([
    ['', ''],
    ['abc', 'abc'],
    ['abc==', 'abc'],
    ['=a=b=', '=a=b'],
    ['====', ''],
  ])('%j becomes %j', (text, wanted) => {
    expect(unpadded(text)).toBe(wanted);
  });

  it('is taken off a long text in a moment, however often the character comes inside', () => {
    const text = `${'/'.repeat(1_000_000)}x`;
    const began = performance.now();
    expect(withoutTrailing(text, '/')).toBe(text);
    expect(performance.now() - began).toBeLessThan(500);
  });
});
