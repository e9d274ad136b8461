import { describe, expect, test } from 'vitest';
import { holdsAll } from './npm-packages.mjs';

const locked = {
  '': { version: '0.1.0' },
  'node_modules/ssh2': { version: '1.17.0', integrity: 'sha512-a' },
  'node_modules/fsevents': { version: '2.3.3', integrity: 'sha512-b', optional: true },
};
const ssh2 = { 'node_modules/ssh2': { version: '1.17.0', integrity: 'sha512-a' } };

describe('installed packages are those of the lock file', () => {
  test('when only optional ones are missing', () => {
    expect(holdsAll(ssh2, locked)).toBe(true);
  });

  test.each([
    ['one is missing', {}],
    ['one has another version', { 'node_modules/ssh2': { version: '1.16.0', integrity: 'sha512-a' } }],
    ['one has another content', { 'node_modules/ssh2': { version: '1.17.0', integrity: 'sha512-z' } }],
    ['there is one too many', { ...ssh2, 'node_modules/left-over': { version: '1.0.0' } }],
  ])('not when %s', (_, installed) => {
    expect(holdsAll(installed, locked)).toBe(false);
  });
});
