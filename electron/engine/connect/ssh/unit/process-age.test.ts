import { execFileSync, spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { processAge, showStarts } from './process-age';

/** A line of /proc/PID/stat of a process that was started so many seconds after the boot. */
const stat = (pid: number, name: string, seconds: number): string =>
  `${pid} (${name}) S 1 ${pid} ${pid} 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 5 0 ${seconds * 100} 1 1 1\n`;
const CAT = stat(900, 'cat', 10_000);
/** The machine slept for an hour before the process was started. */
const kanidmd = { pid: 42, startedMonotonic: (9_940 - 3_600) * 1e6 };

it('a process of a machine that slept is as old as it is', () => {
  expect(processAge(CAT + stat(42, 'kanidmd', 9_940), kanidmd)).toBe(60_000);
});

it('a name says nothing, whatever is in it', () => {
  expect(processAge(CAT + stat(42, 'a) S 1\n42 (b', 9_940), kanidmd)).toBe(60_000);
});

it('one that is hidden is rather taken for older', () => {
  for (const hidden of ['', stat(43, 'other', 9_999), '42 (kanidmd) S 1 2\n'])
    expect(processAge(CAT + hidden, kanidmd)).toBe(3_660_000);
});

it('nothing is known where nothing is printed', () => {
  for (const odd of ['', '\n', stat(42, 'kanidmd', 9_940).slice(0, 20), `${'9'.repeat(9_000)}\n`])
    expect(processAge(odd, kanidmd)).toBeNull();
});

it.runIf(process.platform === 'linux')('what Linux prints is read', async () => {
  const sleeping = spawn('sleep', ['60']);
  try {
    const { pid } = sleeping;
    if (pid === undefined) throw new Error('it runs');
    const [program = '', ...args] = showStarts({ pid, startedMonotonic: 0 });
    const age = processAge(execFileSync(program, args, { encoding: 'utf8' }), { pid, startedMonotonic: 0 });
    // Without the process it would be the time since the boot.
    expect(age).toBeGreaterThanOrEqual(0);
    const alone = processAge(execFileSync('cat', ['/proc/self/stat'], { encoding: 'utf8' }), {
      pid,
      startedMonotonic: 0,
    });
    expect(age).toBeLessThan(alone ?? 0);
  } finally {
    sleeping.kill();
  }
});
