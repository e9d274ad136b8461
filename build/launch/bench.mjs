import { buildIfStale } from './build.mjs';
import { installPackages } from './npm-packages.mjs';
import { packageProgram, ROOT } from './places.mjs';
import { run } from './run.mjs';
import { FOR_A_VIRTUAL_DISPLAY, FOR_ENGINE_TESTS, FOR_THE_WINDOW } from './system-packages.mjs';
import { provideSystemPackages } from './system-setup.mjs';

const MINUTE = 60_000;

/**
 * `bench`: sets up, builds, and runs the benches of test/bench, or those whose file name holds one of `names`. Each
 * compares two things in one run and prints the ratio with its spread.
 * @param {readonly string[]} names
 * @returns {Promise<number>} 0 when every bench could be played to its end
 */
export async function bench(names) {
  await installPackages();
  await provideSystemPackages([...FOR_ENGINE_TESTS, ...FOR_THE_WINDOW, ...FOR_A_VIRTUAL_DISPLAY]);
  await buildIfStale();
  const args = ['run', '--project', 'bench', '--disable-console-intercept', '--reporter=default'];
  const { code } = await run(process.execPath, [packageProgram('vitest/vitest.mjs'), ...args, ...names], {
    cwd: ROOT,
    limitMs: 90 * MINUTE,
    output: 'said',
  });
  return code === 0 ? 0 : 1;
}
