/**
 * How many tests passed, failed and were skipped.
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
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
  return counts.reduce(
    (total, each) => ({
      passed: total.passed + each.passed,
      failed: total.failed + each.failed,
      skipped: total.skipped + each.skipped,
    }),
    NONE,
  );
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
  return { passed, failed: endedBadly ? 1 : failed, skipped };
}

/**
 * @typedef {{ testResults: { status: string, assertionResults: { status: string }[] }[] }} VitestReport
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
