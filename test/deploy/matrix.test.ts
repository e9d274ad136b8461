import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleKanidmd } from '../../practice/kanidmd/conformance/bundle';
import { bundleChild } from './support/broken-deploy';
import { type CaseOutcome, type Programs, runCase } from './support/case';
import { type BrokenJob, type Fault, faultKinds } from './support/fault';

interface Case {
  readonly job: BrokenJob;
  readonly fault: Fault;
  readonly way: 'resume' | 'rollback';
}

/** Steps of a deploy of three servers that were never linked, and of a renewal on three that are (`make-plan`, `renew-plan`). */
const STEPS: Readonly<Record<BrokenJob, number>> = { apply: 15, renew: 6 };

/** A renewal is never rolled back: nothing brings the old certificate back. */
const WAYS: Readonly<Record<BrokenJob, readonly Case['way'][]>> = {
  apply: ['resume', 'rollback'],
  renew: ['resume'],
};

const everything = (['apply', 'renew'] as const).flatMap((job) =>
  Array.from({ length: STEPS[job] }, (_none, at) => String(at + 1)).flatMap((step) =>
    faultKinds.flatMap((kind) => WAYS[job].map((way): Case => ({ job, fault: { step, kind }, way }))),
  ),
);
/** The moments that hurt most: a file half way, a refresh under way, a server that does not come back. */
const sample: readonly Case[] = [
  { job: 'apply', fault: { step: '3', kind: 'killed-after' }, way: 'rollback' },
  { job: 'apply', fault: { step: '6', kind: 'killed-during' }, way: 'resume' },
  { job: 'apply', fault: { step: '4', kind: 'refuses-new-file' }, way: 'resume' },
];
const long = process.env['KANILINK_LONG'] === '1';
/** `apply:3,renew:1`: only these steps; `resume` or `rollback`: only this way; to run the whole in parts. */
const steps = process.env['KANILINK_MATRIX_STEPS']?.split(',');
const only = process.env['KANILINK_MATRIX_WAY'];
const chosen = everything
  .filter((it) => steps === undefined || steps.includes(`${it.job}:${it.fault.step}`))
  .filter((it) => only === undefined || it.way === only);
const cases = long ? chosen : sample;

describe('every step broken in every way', () => {
  let programs: Programs;
  const outcomes: CaseOutcome[] = [];
  beforeAll(async () => {
    programs = { child: await bundleChild(), kanidmd: await bundleKanidmd() };
  });
  afterAll(async () => {
    const lines = outcomes.map(
      (it) =>
        `${it.trouble.length === 0 ? 'passed' : 'FAILED'}\t${it.job}\t${it.fault.step}\t${it.action}\t${it.fault.kind}\t${it.fired ? 'fired' : 'not reached'}\t${it.ended}\t${it.way}\t${it.after}\t${it.trouble.join(' | ')}`,
    );
    const passed = outcomes.filter((it) => it.trouble.length === 0).length;
    console.log(`${lines.join('\n')}\n${outcomes.length} cases, ${passed} passed`);
    const report = process.env['KANILINK_MATRIX_REPORT'];
    if (report !== undefined) {
      await mkdir(dirname(report), { recursive: true });
      await writeFile(report, `${lines.join('\n')}\n`);
    }
    if (programs)
      for (const program of Object.values(programs))
        await rm(dirname(program as string), { recursive: true, force: true });
  });

  // Side by side: they mostly wait.
  it.concurrent.each(cases)(
    '$job, step $fault.step, $fault.kind, then $way',
    async ({ job, fault, way }) => {
      const outcome = await runCase(programs, job, fault, way);
      outcomes.push(outcome);
      expect(outcome.trouble).toEqual([]);
    },
    600_000,
  );
});
