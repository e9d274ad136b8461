import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CaseOutcome, runCase } from './support/case';
import { type Fault, faultKinds } from './support/fault';

/** The steps of a deploy of three servers that were never linked (`make-plan`): this test fails when there are others. */
const STEPS = Array.from({ length: 15 }, (_none, at) => String(at + 1));

const everything = STEPS.flatMap((step) =>
  faultKinds.flatMap((kind) =>
    (['resume', 'rollback'] as const).map((way) => ({ fault: { step, kind }, way })),
  ),
);
/** The moments that hurt most: a file half way, a refresh under way, a server that does not come back. */
const sample: readonly { readonly fault: Fault; readonly way: 'resume' | 'rollback' }[] = [
  { fault: { step: '3', kind: 'killed-after' }, way: 'rollback' },
  { fault: { step: '6', kind: 'killed-during' }, way: 'resume' },
  { fault: { step: '4', kind: 'refuses-new-file' }, way: 'resume' },
];
const long = process.env['KANILINK_LONG'] === '1';
/** `3,7` or `3-5`: only these steps, to run the whole in parts. */
const only = process.env['KANILINK_MATRIX_STEPS']?.split(',');
const cases = long ? everything.filter((it) => only === undefined || only.includes(it.fault.step)) : sample;

describe('every step broken in every way', () => {
  let child: string;
  const outcomes: CaseOutcome[] = [];
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kl-child-'));
    child = join(folder, 'child.cjs');
    const input = fileURLToPath(new URL('support/child.ts', import.meta.url));
    const bundle = await rolldown({
      input,
      platform: 'node',
      logLevel: 'silent',
      external: ['cpu-features', /\.node$/],
    });
    await bundle.write({ file: child, format: 'cjs', codeSplitting: false });
    await bundle.close();
  });
  afterAll(async () => {
    const lines = outcomes.map(
      (it) =>
        `${it.trouble.length === 0 ? 'passed' : 'FAILED'}\tstep ${it.fault.step}\t${it.fault.kind}\t${it.fired ? 'fired' : 'not reached'}\t${it.ended}\t${it.way}: ${it.after}\t${it.trouble.join(' | ')}`,
    );
    const passed = outcomes.filter((it) => it.trouble.length === 0).length;
    console.log(`${lines.join('\n')}\n${outcomes.length} cases, ${passed} passed`);
    const report = process.env['KANILINK_MATRIX_REPORT'];
    if (report !== undefined) {
      await mkdir(dirname(report), { recursive: true });
      await writeFile(report, `${lines.join('\n')}\n`);
    }
    if (child) await rm(dirname(child), { recursive: true, force: true });
  });

  it.each(cases)(
    'step $fault.step, $fault.kind, then $way',
    async ({ fault, way }) => {
      const outcome = await runCase(child, fault, way);
      outcomes.push(outcome);
      expect(outcome.trouble).toEqual([]);
    },
    300_000,
  );
});
