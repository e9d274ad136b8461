import { expect, it } from 'vitest';
import { remembered } from './remembered';

it('a text is taken once, until newer ones take its place', () => {
  const taken: string[] = [];
  const length = remembered((text) => (taken.push(text), text.length === 3 ? null : text.length), 10);
  expect([length('aaa'), length('aaa'), length('bbbb'), length('aaa')]).toEqual([null, null, 4, null]);
  expect(taken).toEqual(['aaa', 'bbbb']);
  length('cccccc');
  expect(length('bbbb')).toBe(4);
  expect(length('aaa')).toBeNull();
  expect(taken).toEqual(['aaa', 'bbbb', 'cccccc', 'aaa']);
});

it('what is larger than all that is held is not held', () => {
  let asked = 0;
  const large = remembered(() => (asked += 1), 10);
  expect([large('x'.repeat(11)), large('x'.repeat(11))]).toEqual([1, 2]);
});
