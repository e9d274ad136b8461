import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProgram } from '../../../build/launch/display.mjs';

const FOLDER = resolve('docs/watching');
const promtool = findProgram('promtool');

describe.skipIf(promtool === undefined)('promtool (skipped where it is not installed)', () => {
  it.each([[['check', 'rules', 'kanilink.rules.yml']], [['test', 'rules', 'kanilink.rules.test.yml']]])(
    '%j',
    (words) => {
      const ran = spawnSync(promtool ?? '', words, { cwd: FOLDER, encoding: 'utf8', timeout: 120_000 });
      expect(`${ran.stdout}${ran.stderr}`).toContain('SUCCESS');
      expect(ran.status).toBe(0);
    },
  );
});
