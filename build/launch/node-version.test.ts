import { expect, test } from 'vitest';
import { isAtLeast } from './node-version.mjs';

test.each([
  ['v20.19.0', true],
  ['v20.20.2', true],
  ['v22.1.0', true],
  ['v100.0.0', true],
  ['v20.19.0-nightly', true],
  ['v20.18.1', false],
  ['v18.99.9', false],
  ['v9.9.9', false],
])('Node %s is new enough for 20.19: %s', (version, enough) => {
  expect(isAtLeast(version, '20.19')).toBe(enough);
});
