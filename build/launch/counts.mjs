import { relative } from 'node:path';
import { ROOT } from './places.mjs';

/**
 * How many tests passed, failed and were skipped.
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {readonly string[]} [failures] a line for each test that failed, as far as they have names
 * @property {readonly string[]} [unsteady] a line for each that failed in a first run and passed in a second one
 */

/** @type {Counts} */
export const NONE = { passed: 0, failed: 0, skipped: 0 };
/** @type {Counts} */
export const ONE_PASSED = { ...NONE, passed: 1 };
/** @type {Counts} */
export const ONE_FAILED = { ...NONE, failed: 1 };
/** @type {Counts} */
export const ONE_SKIPPED = { ...NONE, skipped: 1 };

/** @param {readonly Counts[]} counts @returns {Counts} */
export function sum(counts) {
  const failures = counts.flatMap((each) => each.failures ?? []);
  const unsteady = counts.flatMap((each) => each.unsteady ?? []);
  const total = counts.reduce(
    (so, each) => ({
      passed: so.passed + each.passed,
      failed: so.failed + each.failed,
      skipped: so.skipped + each.skipped,
    }),
    NONE,
  );
  return { ...total, ...(failures.length > 0 && { failures }), ...(unsteady.length > 0 && { unsteady }) };
}

/** The line a test run closes with. @param {Counts} counts */
export const summaryLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

/**
 * Reads what vitest's JSON reporter wrote. A file that could not be loaded, a run that ended badly without a failed test
 * (an unhandled error, a crash) and a run without a single test each count as one failure.
 * @param {string | undefined} json the report; undefined when there is none
 * @param {number} exitCode of the run
 * @returns {Counts}
 */
export function countVitest(json, exitCode) {
  const report = parse(json);
  if (report === undefined) return ONE_FAILED;
  const states = report.testResults.flatMap((file) => file.assertionResults.map(({ status }) => status));
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  ).length;
  const passed = states.filter((status) => status === 'passed').length;
  const failed = states.filter((status) => status === 'failed').length + unloaded;
  const skipped = states.length - passed - (failed - unloaded);
  const endedBadly = failed === 0 && (exitCode !== 0 || states.length === 0);
  const failures = failuresOf(report);
  return { passed, failed: endedBadly ? 1 : failed, skipped, ...(failures.length > 0 && { failures }) };
}

/**
 * The files to run a second time: those with a failure, where all that went wrong has a file and it is no more than `most`.
 * @param {string | undefined} json
 * @param {number} most
 * @returns {readonly string[]} paths; none when a second run would prove nothing
 */
export function filesThatFailed(json, most) {
  const failed = parse(json)?.testResults.filter(({ status }) => status === 'failed') ?? [];
  const files = failed.flatMap(({ name }) => name ?? []);
  return files.length === failed.length && files.length <= most ? files : [];
}

/**
 * Counts a run whose failed files ran a second time: the second run counts for them. What failed first is named either way.
 * @param {string | undefined} first the report of the whole run
 * @param {readonly string[]} again the files that ran again
 * @param {string | undefined} second the report of the second run
 * @param {number} exitCode of the second run
 * @returns {Counts}
 */
export function countSecondRun(first, again, second, exitCode) {
  const report = parse(first);
  if (report === undefined) return ONE_FAILED;
  const steady = report.testResults.filter(({ name }) => name === undefined || !again.includes(name));
  const counted = countVitest(second, exitCode);
  const once = failuresOf(report);
  const unsteady = counted.failed === 0 ? once : [];
  const rest = steady.length === 0 ? NONE : countVitest(JSON.stringify({ testResults: steady }), 0);
  return sum([rest, { ...counted, ...(unsteady.length > 0 && { unsteady }) }]);
}

/** A line for each test that failed: its file, its name, and how its message begins. @param {VitestReport} report */
const failuresOf = ({ testResults }) =>
  testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = name === undefined ? '' : `${relative(ROOT, name)}: `;
    const failed = assertionResults.filter((test) => test.status === 'failed');
    const whole =
      status === 'failed' && failed.length === 0 && (message || name !== undefined)
        ? [`${file}${message ? firstLine(message) : hookOf(assertionResults)}`]
        : [];
    return [
      ...whole,
      ...failed.flatMap(({ fullName, failureMessages }) =>
        fullName === undefined ? [] : [`${file}${fullName}: ${firstLine(failureMessages?.[0] ?? '')}`],
      ),
    ];
  });

/** The report does not say what a hook of a part of a file printed; the tests it kept from running tell which. @param {VitestTest[]} tests */
function hookOf(tests) {
  const kept = tests.filter(({ status }) => status !== 'passed');
  const first = kept[0]?.fullName;
  return `a hook failed${first === undefined ? '' : `, before "${first}" and ${kept.length - 1} more`}`;
}

/** @param {string} text */
const firstLine = (text) => (text.split('\n', 1)[0] ?? '').slice(0, 300);

/**
 * @typedef {{ status: string, fullName?: string, failureMessages?: string[] }} VitestTest
 * @typedef {{ name?: string, status: string, message?: string, assertionResults: VitestTest[] }} VitestFile
 * @typedef {{ testResults: VitestFile[] }} VitestReport
 */

/** @param {string | undefined} json @returns {VitestReport | undefined} */
function parse(json) {
  if (json === undefined) return undefined;
  try {
    const report = JSON.parse(json);
    return Array.isArray(report.testResults) ? report : undefined;
  } catch {
    return undefined;
  }
}
