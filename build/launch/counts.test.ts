import { describe, expect, test } from 'vitest';
import {
  countSecondRun,
  countVitest,
  filesThatFailed,
  ONE_FAILED,
  ONE_PASSED,
  ONE_SKIPPED,
  sum,
  summaryLine,
} from './counts.mjs';
import { ROOT } from './places.mjs';

/** A report of vitest's JSON reporter: for each file its tests' states. */
const report = (...files: { status?: string; tests: string[] }[]) =>
  JSON.stringify({
    testResults: files.map(({ status = 'passed', tests }) => ({
      status,
      assertionResults: tests.map((each) => ({ status: each })),
    })),
  });

describe('what vitest reports is counted', () => {
  test('with skipped and to-do tests as skipped', () => {
    const json = report(
      { tests: ['passed', 'skipped', 'todo'] },
      { status: 'failed', tests: ['failed', 'pending'] },
    );
    expect(countVitest(json, 1)).toEqual({ passed: 1, failed: 1, skipped: 3 });
  });

  test('with what a hook kept from running, where nothing else tells of it', () => {
    const json = JSON.stringify({
      testResults: [
        {
          name: `${ROOT}/a.test.ts`,
          status: 'failed',
          message: '',
          assertionResults: [
            { status: 'passed', fullName: 'by socket reads' },
            { status: 'skipped', fullName: 'by TLS reads' },
            { status: 'skipped', fullName: 'by TLS writes' },
          ],
        },
      ],
    });
    expect(countVitest(json, 1)).toMatchObject({
      ...{ passed: 1, failed: 1, skipped: 2 },
      failures: ['a.test.ts: a hook failed, before "by TLS reads" and 1 more'],
    });
  });

  test('with a line for each failure: file, name, how the message begins', () => {
    const json = JSON.stringify({
      testResults: [
        {
          name: `${ROOT}/a.test.ts`,
          status: 'failed',
          message: 'no such module\nat x',
          assertionResults: [],
        },
        {
          name: `${ROOT}/b.test.ts`,
          status: 'failed',
          assertionResults: [
            { status: 'passed', fullName: 'does' },
            { status: 'failed', fullName: 'does not', failureMessages: ['Error: 1 is not 2\n    at y'] },
          ],
        },
      ],
    });
    expect(sum([ONE_FAILED, countVitest(json, 1)]).failures).toEqual([
      'a.test.ts: no such module',
      'b.test.ts: does not: Error: 1 is not 2',
    ]);
  });

  test('a file that could not be loaded is a failure', () => {
    const json = report({ tests: ['passed'] }, { status: 'failed', tests: [] });
    expect(countVitest(json, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  test('a file whose hook failed counts beside the tests it skipped', () => {
    const json = report({ status: 'failed', tests: ['skipped', 'skipped'] });
    expect(countVitest(json, 1)).toEqual({ passed: 0, failed: 1, skipped: 2 });
  });

  test('a run that ended badly without a failed test is a failure', () => {
    expect(countVitest(report({ tests: ['passed'] }), 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  test('no test at all is a failure', () => {
    expect(countVitest(report(), 0)).toEqual(ONE_FAILED);
  });

  test.each([undefined, '', '{"testResults":', '{}'])('no readable report is a failure: %j', (json) => {
    expect(countVitest(json, 0)).toEqual(ONE_FAILED);
  });
});

describe('a file that failed runs again', () => {
  const file = (name: string, ...tests: [string, string][]) => ({
    name: `${ROOT}/${name}`,
    status: tests.some(([, status]) => status === 'failed') ? 'failed' : 'passed',
    assertionResults: tests.map(([fullName, status]) => ({
      fullName,
      status,
      failureMessages: ['Error: late'],
    })),
  });
  const json = (...files: { name?: string; status: string }[]) => JSON.stringify({ testResults: files });
  const first = json(
    file('a.test.ts', ['one', 'passed'], ['two', 'failed']),
    file('b.test.ts', ['three', 'passed']),
  );
  const a = `${ROOT}/a.test.ts`;

  test('where it is named, and few do', () => {
    expect(filesThatFailed(first, 1)).toEqual([a]);
    expect(filesThatFailed(first, 0)).toEqual([]);
    expect(filesThatFailed(json({ status: 'failed' }), 1)).toEqual([]);
    expect(filesThatFailed(undefined, 1)).toEqual([]);
  });

  test('and counts as it ends then; what failed first is said', () => {
    const second = json(file('a.test.ts', ['one', 'passed'], ['two', 'passed']));
    expect(countSecondRun(first, [a], second, 0)).toEqual({
      ...{ passed: 3, failed: 0, skipped: 0 },
      unsteady: ['a.test.ts: two: Error: late'],
    });
  });

  test('and is a failure when it fails again, or ends badly', () => {
    expect(
      countSecondRun(first, [a], json(file('a.test.ts', ['one', 'failed'], ['two', 'passed'])), 1),
    ).toEqual({
      ...{ passed: 2, failed: 1, skipped: 0 },
      failures: ['a.test.ts: one: Error: late'],
    });
    expect(countSecondRun(first, [a], undefined, 0).failed).toBe(1);
    expect(countSecondRun(first, [a], json(file('a.test.ts', ['one', 'passed'])), 1).failed).toBe(1);
  });
});

test('the closing line sums everything', () => {
  expect(summaryLine(sum([ONE_PASSED, ONE_PASSED, ONE_FAILED, ONE_SKIPPED]))).toBe(
    '2 passed, 1 failed, 1 skipped',
  );
});
