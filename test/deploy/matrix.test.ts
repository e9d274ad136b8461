import { appendFile, mkdir, rm } from 'node:fs/promises';
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
const STEPS: Readonly<Record<BrokenJob, number>> = { apply: 14, renew: 4 };

/** A renewal is never rolled back: nothing brings the old certificate back. */
const WAYS: Readonly<Record<BrokenJob, readonly Case['way'][]>> = {
  apply: ['resume', 'rollback'],
  renew: ['resume'],
};

const everything = (['apply', 'renew'] as const).flatMap((job) =>
  Array.from({ length: STEPS[job] }, (_none, index) => String(index + 1)).flatMap((step) =>
    faultKinds.flatMap((kind) => WAYS[job].map((way): Case => ({ job, fault: { step, kind }, way }))),
  ),
);
/** The moments that hurt most: a file half way, a refresh under way, a server that does not come back. */
const sample: readonly Case[] = [
  { job: 'apply', fault: { step: '3', kind: 'killed-after' }, way: 'rollback' },
  { job: 'apply', fault: { step: '5', kind: 'killed-during' }, way: 'resume' },
  { job: 'apply', fault: { step: '3', kind: 'refuses-new-file' }, way: 'resume' },
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
  // Told as they come: a long run that is cut off has still said what it found.
  const tell = async (it: CaseOutcome): Promise<void> => {
    outcomes.push(it);
    const verdict = it.trouble.length === 0 ? 'passed' : 'FAILED';
    const { step, kind } = it.fault;
    const fields = [
      verdict,
      it.job,
      step,
      it.action,
      kind,
      it.fired ? 'fired' : 'not reached',
      it.ended,
      it.way,
    ];
    const line = [...fields, it.after, it.trouble.join(' | ')].join('\t');
    console.log(line);
    const report = process.env['KANILINK_MATRIX_REPORT'];
    if (report === undefined) return;
    await mkdir(dirname(report), { recursive: true });
    await appendFile(report, `${line}\n`);
  };
  afterAll(async () => {
    const passed = outcomes.filter((it) => it.trouble.length === 0).length;
    console.log(`${outcomes.length} cases, ${passed} passed`);
    if (programs)
      for (const program of Object.values(programs))
        await rm(dirname(program as string), { recursive: true, force: true });
  });

  // Side by side: they mostly wait.
  it.concurrent.each(cases)(
    '$job, step $fault.step, $fault.kind, then $way',
    async ({ job, fault, way }) => {
      const outcome = await runCase(programs, job, fault, way);
      await tell(outcome);
      expect(outcome.trouble).toEqual([]);
    },
    600_000,
  );
});
