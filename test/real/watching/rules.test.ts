import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findProgram } from '../../../build/launch/display.mjs';

const RULES = 'kanilink.rules.yml';
const TESTS = 'kanilink.rules.test.yml';
const source = resolve('docs/watching');
const folder = mkdtempSync(join(tmpdir(), 'kl-rules-'));
const rules = readFileSync(join(source, RULES), 'utf8');
cpSync(join(source, TESTS), join(folder, TESTS));
afterAll(() => rmSync(folder, { recursive: true }));

const promtool = findProgram('promtool');

/** What promtool says of a text of rules. */
function promtoolOf(text: string, words: readonly string[]) {
  writeFileSync(join(folder, RULES), text);
  const ran = spawnSync(promtool ?? '', words, { cwd: folder, encoding: 'utf8', timeout: 120_000 });
  return { status: ran.status, said: `${ran.stdout}${ran.stderr}` };
}

/** The rules with one alert that never fires: its expression asks for a series that nobody writes. */
function without(alert: string): string {
  const [before = '', after = ''] = rules.split(`- alert: ${alert}\n`);
  const silent = after.replace(
    /( +)expr:(?: >-\n(?:\1 {2}.*\n)+| .*\n)/,
    (_expr, indent: string) => `${indent}expr: nobody_writes_this == 1\n`,
  );
  return `${before}- alert: ${alert}\n${silent}`;
}

describe.skipIf(promtool === undefined)('promtool (skipped where it is not installed)', () => {
  it('takes the alert rules, and their tests hold', () => {
    for (const words of [
      ['check', 'rules', RULES],
      ['test', 'rules', TESTS],
    ]) {
      const { status, said } = promtoolOf(rules, words);
      expect(said).toContain('SUCCESS');
      expect(status).toBe(0);
    }
  });

  const alerts = [...rules.matchAll(/- alert: (\w+)\n/g)].map(([, name = '']) => name);
  it.each(alerts)('finds that %s never fires', (alert) => {
    expect(without(alert)).not.toBe(rules);
    const { status, said } = promtoolOf(without(alert), ['test', 'rules', TESTS]);
    expect(said).toContain(alert);
    expect(status).not.toBe(0);
  });
});
