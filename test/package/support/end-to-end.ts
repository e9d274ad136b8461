import { join } from 'node:path';
import { packageProgram, ROOT } from '../../../build/launch/places.mjs';
import { type Ended, runProgram } from './main-job';

/**
 * Plays end-to-end tests of this checkout in another app.
 * @param played `names` of their files in test/e2e; `tests` of these files
 * @param env names the app by KANILINK_ELECTRON and KANILINK_APP; nothing of the test run around it is in it
 */
export function playEndToEnd(
  { names, tests }: { readonly names: readonly string[]; readonly tests: RegExp },
  env: NodeJS.ProcessEnv,
): Promise<Ended> {
  const files = names.map((name) => join('test', 'e2e', `${name}.test.ts`));
  const argv = [
    packageProgram('vitest/vitest.mjs'),
    'run',
    '--project',
    'e2e',
    '--root',
    ROOT,
    ...files,
    '-t',
    tests.source,
  ];
  return runProgram(process.execPath, argv, { ...env, NO_COLOR: '1' });
}
