import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { run } from './run.mjs';
import { inOwnFolder } from '../../test/support/own-folder';

let folder: string;
inOwnFolder('run', (made) => (folder = made));

/** Runs a program given as its source, with its output kept. */
function runNode(source: string, limitMs = 60_000) {
  const file = join(folder, 'program.mjs');
  writeFileSync(file, source);
  return run(process.execPath, [file], { limitMs, output: 'captured' });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('output and exit code are those of the program', async () => {
  const ended = await runNode(
    "process.stdout.write('out'); process.stderr.write('err'); process.exitCode = 3;",
  );
  expect(ended).toEqual({ code: 3, timedOut: false, output: 'out', errors: 'err' });
});

test('a program ended by a signal counts as a shell would count it', async () => {
  expect((await runNode("process.kill(process.pid, 'SIGKILL');")).code).toBe(137);
});

test('one that cannot be started is told, not thrown', async () => {
  const ended = await run(join(folder, 'missing'), [], { limitMs: 60_000, output: 'captured' });
  expect(ended.code).toBe(127);
  expect(ended.errors).toContain('ENOENT');
});

test('past its limit it is ended, with what it started', async () => {
  const ended = await runNode(
    `import { spawn } from 'node:child_process';
     const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
     process.stdout.write(String(child.pid));
     setInterval(() => {}, 1000);`,
    5_000,
  );
  expect(ended).toMatchObject({ code: 124, timedOut: true });
  const grandchild = Number(ended.output);
  expect(grandchild).toBeGreaterThan(0);
  await vi.waitUntil(() => !isAlive(grandchild), { timeout: 10_000 });
});
