import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cureOf, sortedCodes } from '../../shared/base/cure';
import { retryAfter } from '../../shared/base/retry-after';

/** Where a fault's code is written: `faultAt(at, 'code'`, `code: 'code'`, a table of faults by errno. */
const forms = [/[fF]ault\w*\(\s*[\w.]+,\s*'([a-z][a-z0-9-]+)'/g, /\bcode: '([a-z][a-z0-9-]+)'/g];

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.ts$/.test(entry.name) && !/\.test\.ts$/.test(entry.name) ? [path] : [];
  });

it('every fault of a connection or a probe is sorted: cured by time, or by a person', () => {
  const found = ['connect', join('fleet', 'probe')].flatMap((folder) =>
    sources(join(import.meta.dirname, folder)).flatMap((path) => {
      const text = readFileSync(path, 'utf8');
      return forms.flatMap((form) => [...text.matchAll(form)].map((match) => match[1] ?? ''));
    }),
  );
  expect(found.length).toBeGreaterThan(60);
  const missing = [...new Set(found)].filter((code) => !sortedCodes.has(code));
  expect(missing, 'sort each into shared/base/cure.ts').toEqual([]);
});

it('what a login, a key or a right is missing for is not cured by trying', () => {
  for (const code of [
    'authentication-failed',
    'declined',
    'host-key-unknown',
    'sudo-refused',
    'permission-denied',
  ])
    expect(cureOf(code)).toBe('person');
  for (const code of ['connection-refused', 'name-not-found', 'unexpected', 'constructor'])
    expect(cureOf(code)).toBe('time');
});

it('waits double from 3 s to 2 minutes, less a random quarter at most', () => {
  expect([1, 2, 3, 7, 50].map((failures) => retryAfter(failures, 0))).toEqual([
    3000, 6000, 12_000, 120_000, 120_000,
  ]);
  expect(retryAfter(1, 1)).toBe(2250);
});
