import { expect, it } from 'vitest';
import { clockWords } from './clock-words';

it('speaks of a clock that is off, and by how much, either way', () => {
  const of = (seconds: number) => clockWords({ server: 'idm-a', offset: seconds * 1e6 });
  expect(of(0.9)).toBeNull();
  expect(of(-0.9)).toBeNull();
  expect(of(7)).toEqual({
    short: 'clock +7 s',
    long: 'By the clock of idm-a, which is 7 s ahead of this computer’s',
  });
  expect(of(-120)).toEqual({
    short: 'clock −2 min',
    long: 'By the clock of idm-a, which is 2 min behind this computer’s',
  });
});
