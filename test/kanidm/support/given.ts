import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { missing as engineMissing } from '../../real/docker/support/engine';

/** A real Kanidm that the person who tests has named. */
export type Given =
  | { readonly kind: 'program'; readonly name: string; readonly path: string }
  | { readonly kind: 'image'; readonly name: string };

const listed = (variable: string): string[] =>
  (process.env[variable] ?? '')
    .split(',')
    .map((it) => it.trim())
    .filter((it) => it !== '');

/** Programs of KANILINK_TEST_KANIDMD and images of KANILINK_TEST_KANIDM_IMAGE, in the order they were named. */
export const givens: readonly Given[] = [
  ...listed('KANILINK_TEST_KANIDMD').map((path): Given => {
    // Whoever names a program wants it tested: one that is not there is a mistake, never a skipped test.
    if (!existsSync(path)) throw new Error(`KANILINK_TEST_KANIDMD names ${path}, which is not there`);
    return { kind: 'program', name: basename(path), path: resolve(path) };
  }),
  ...listed('KANILINK_TEST_KANIDM_IMAGE').map((name): Given => ({ kind: 'image', name })),
];

/** Why nothing real can be tested here; null: it can. */
export const missing: string | null =
  givens.length === 0
    ? 'neither KANILINK_TEST_KANIDMD nor KANILINK_TEST_KANIDM_IMAGE names a real Kanidm (CONTRIBUTING.md)'
    : engineMissing;
if (missing !== null) process.stderr.write(`skipped: test/kanidm: ${missing}\n`);

/** Stands for what was not named in the titles of what is skipped: vitest wants a suite in every file. */
export const NOBODY = { kind: 'program', name: 'a real Kanidm', path: '' } as const;

/** Those that were named, or `NOBODY`. */
export const eachOf = <G extends Given>(named: readonly G[]): readonly (G | typeof NOBODY)[] =>
  named.length === 0 ? [NOBODY] : named;
