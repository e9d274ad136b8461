import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkCanary } from './canary.mjs';
import { countSecondRun, countVitest, filesThatFailed, ONE_FAILED, ONE_PASSED, sum } from './counts.mjs';
import { OUT, packageProgram, ROOT } from './places.mjs';
import { run } from './run.mjs';
import { duration, say } from './say.mjs';

/** @typedef {import('./counts.mjs').Counts} Counts */

const MINUTE = 60_000;

/** More files than so many that fail are no chance, and get no second run. */
const MOST_TWICE = 4;

/** ESLint, prettier, the layers, what nothing uses, licences and advisories of what is shipped, each one test. @returns {Promise<Counts>} */
export async function lint() {
  return sum([
    await check('eslint', [packageProgram('eslint/bin/eslint.js'), '.', '--max-warnings', '0'], 10 * MINUTE),
    await check('prettier', [packageProgram('prettier/bin/prettier.cjs'), '--check', '.'], 5 * MINUTE),
    await check(
      'layers',
      [
        packageProgram('dependency-cruiser/bin/dependency-cruise.mjs'),
        ...['--config', 'layers.config.mjs', 'shared', 'electron', 'renderer', 'practice'],
      ],
      5 * MINUTE,
    ),
    await check(
      'unused',
      [packageProgram('knip/bin/knip.js'), '--config', 'knip.config.mjs', '--no-progress'],
      5 * MINUTE,
    ),
    await check('shipped', ['build/lint/shipped.mjs'], 10 * MINUTE, { tell: true }),
  ]);
}

/**
 * TypeScript, svelte-check, the proof that svelte-check reports, and what somebody adds (`build/golden`), each one test.
 *
 * @returns {Promise<Counts>}
 */
export async function types() {
  const svelteCheck = ['--tsconfig', './renderer/tsconfig.json', '--fail-on-warnings', '--output', 'human'];
  return sum([
    await check('tsc', [packageProgram('typescript/bin/tsc'), '--noEmit'], 10 * MINUTE),
    await check(
      'svelte-check',
      [packageProgram('svelte-check/bin/svelte-check'), ...svelteCheck],
      10 * MINUTE,
    ),
    await canary(),
    await check('golden', ['build/golden/golden.mjs'], 20 * MINUTE),
  ]);
}

/**
 * @typedef {object} VitestOptions
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [aside] another part prints meanwhile, so what this one prints comes in one piece at its end
 * @property {readonly string[]} [files] only tests whose path contains one of these
 * @property {boolean} [twice] a file that failed runs a second time, and what needed that is listed at the end: for tests that meet
 *   real processes and clocks, where a machine that stalls is no fault of the program
 */

/**
 * Runs one project of vitest.config.ts.
 * @param {string} project
 * @param {number} limitMs of each run
 * @param {VitestOptions} [options]
 * @returns {Promise<Counts>}
 */
export async function vitest(
  project,
  limitMs,
  { env = process.env, aside = false, files = [], twice = false } = {},
) {
  const options = { env, aside, limitMs };
  const first = await runVitest(project, files, options);
  if (first === undefined) return ONE_FAILED;
  const counts = countVitest(first.report, first.code);
  const again = twice && counts.failed > 0 ? filesThatFailed(first.report, MOST_TWICE) : [];
  if (again.length === 0) return counts;
  const failures = (counts.failures ?? []).join('\n');
  say(
    `${project}: ${again.length === 1 ? 'a file' : `${again.length} files`} failed and runs again:\n${failures}`,
  );
  const second = await runVitest(project, again, options);
  return second === undefined ? counts : countSecondRun(first.report, again, second.report, second.code);
}

/**
 * @param {string} project
 * @param {readonly string[]} files
 * @param {{ env: NodeJS.ProcessEnv, aside: boolean, limitMs: number }} options
 * @returns {Promise<{ report: string | undefined, code: number } | undefined>} undefined: it was not done in time
 */
async function runVitest(project, files, { env, aside, limitMs }) {
  const report = join(OUT, 'test', `${project}.json`);
  mkdirSync(join(OUT, 'test'), { recursive: true });
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const args = [packageProgram('vitest/vitest.mjs'), 'run', '--project', project, ...reporters, ...files];
  const { code, timedOut, output, errors } = await run(process.execPath, args, {
    cwd: ROOT,
    env,
    limitMs,
    output: aside ? 'captured' : 'said',
  });
  if (aside) say(`${project}:\n${output}${errors}`);
  if (timedOut) {
    say(`${project}: not done within ${duration(limitMs)}, stopped; counted as one failure`);
    return undefined;
  }
  return { report: existsSync(report) ? readFileSync(report, 'utf8') : undefined, code };
}

/** Says whether a folder of the checkout holds any test. @param {string} folder */
export function holdsTests(folder) {
  const path = join(ROOT, folder);
  return (
    existsSync(path) &&
    readdirSync(path, { recursive: true }).some((name) => String(name).endsWith('.test.ts'))
  );
}

/**
 * @param {string} name
 * @param {readonly string[]} args
 * @param {number} limitMs
 * @param {{ tell?: boolean }} [options] `tell`: what it says is said where all is well, too
 * @returns {Promise<Counts>}
 */
async function check(name, args, limitMs, { tell = false } = {}) {
  const { code, timedOut, output, errors } = await run(process.execPath, args, {
    cwd: ROOT,
    limitMs,
    output: 'captured',
  });
  // Another part prints meanwhile: what this one has to say comes in one piece.
  if (code !== 0 || tell) say(`${name}:\n${output}${errors}`);
  if (code === 0) return ONE_PASSED;
  say(timedOut ? `${name}: not done within ${duration(limitMs)}, stopped` : `${name}: failed (exit ${code})`);
  return ONE_FAILED;
}

/** @returns {Promise<Counts>} */
async function canary() {
  const wrong = await checkCanary(10 * MINUTE);
  if (wrong === undefined) return ONE_PASSED;
  say(`svelte-check does not report as it should:\n${wrong}`);
  return ONE_FAILED;
}
