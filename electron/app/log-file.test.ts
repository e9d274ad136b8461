import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLogFile } from './log-file';

it('the log file keeps the newest lines and one file before', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kanilink-log-'));
  const path = join(folder, 'logs', 'kanilink.log');
  const log = openLogFile(path, 200);
  for (let n = 1; n <= 9; n += 1) log.write(`line ${n} ${'.'.repeat(40)}`);
  const now = readFileSync(path, 'utf8');
  const before = readFileSync(`${path}.1`, 'utf8');
  expect(`${before}${now}`).toContain('line 9');
  expect(now).toContain('line 9');
  expect(before).not.toContain('line 9');
  expect(`${before}${now}`).not.toContain('line 1 ');
  rmSync(folder, { recursive: true });
});

it('the app continues without a log file that cannot be written, and says why', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kanilink-log-'));
  writeFileSync(join(folder, 'logs'), 'a file where the folder should be');
  const log = openLogFile(join(folder, 'logs', 'kanilink.log'));
  expect(log.trouble).toContain('Kanilink continues without it');
  log.write('a line');
  expect(openLogFile(join(folder, 'kanilink.log')).trouble).toBeNull();
  rmSync(folder, { recursive: true });
});
