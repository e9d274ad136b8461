import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { domainOfTest } from '../../../../test/support/fleet-fixtures';
import { type Before, type End, FakeDeploys } from '../../../../test/support/fake-deploys';
import type { DeployEvent } from '../../../../shared/plan/model/deploy';
import type { Job } from '../../../../shared/plan/model/job';

/* Only a deploy that is done, and that was about the fleet, may write the primary's domain into the fleet file. */

let fleet: FakeDeploys;
afterEach(() => fleet.close());

const [FRESH, LINKED] = [
  { 'idm-a': { domain: 'a', tables: null }, 'idm-b': { domain: 'b', tables: null } },
  {
    'idm-a': { domain: 'a', tables: ['idm-b mutual-pull'] },
    'idm-b': { domain: 'a', tables: ['idm-a mutual-pull'] },
  },
] as const satisfies readonly Readonly<Record<string, Before>>[];
const of = async (before: Readonly<Record<string, Before>>): Promise<FakeDeploys> =>
  (fleet = await FakeDeploys.of(before, [['idm-a', 'idm-b']]));

/** It was to be kept: of this fleet's file, which lies nowhere, that is told as what could not be done. */
const tried = (end: End): boolean => end.problems.some(({ code }) => code === 'domain-not-kept');

it('a deploy that is done keeps it', async () => {
  const end = await (await of(FRESH)).deploy();
  expect([end.outcome, tried(end)]).toEqual(['done', true]);
});

it('the file that has it now is told before the end, which then has nothing to say of it', async () => {
  const { engine, text, configDir } = await of(FRESH);
  const path = join(configDir, 'fleet.toml');
  await writeFile(path, text.text);
  const consent = { fingerprint: null, erase: ['idm-b'] };
  const told: DeployEvent[] = [];
  for await (const event of engine.deploy({ ...text, path }, consent, new AbortController().signal))
    told.push(event);
  expect(told.slice(-2)).toMatchObject([
    { kind: 'fleet-file', path, text: await readFile(path, 'utf8'), domain: domainOfTest('a') },
    { kind: 'finished', outcome: 'done', problems: [] },
  ]);
});

it.each<Job>([
  { kind: 'restart', server: 'idm-b' },
  { kind: 'restart', server: 'idm-a' },
])('a job about one process does not ($server)', async (job) => {
  const end = await (await of(LINKED)).deploy(job);
  expect([end.outcome, tried(end)]).toEqual(['done', false]);
});

it('a rollback does not', async () => {
  const it = await of(FRESH);
  await it.deploy();
  const { deploys } = await it.engine.pastDeploys(it.text).then((read) => {
    if (!read.ok) throw new Error(read.error.message);
    return read.value;
  });
  const end = await it.deploy({ kind: 'rollback', deploy: deploys[0]?.deploy ?? null });
  expect([end.outcome, tried(end)]).toEqual(['done', false]);
});

it('one that is cancelled or fails does not', async () => {
  const it = await of(FRESH);
  const stop = new AbortController();
  const stopped = await it.deploy(undefined, {}, () => stop.abort(), stop.signal);
  expect([stopped.outcome, tried(stopped)]).toEqual(['cancelled', false]);
  it.trouble = (_server, asked) =>
    asked === 'restart' ? { fails: { code: 'gone', message: '', fix: '', where: {} } } : null;
  const failed = await it.deploy();
  expect(['failed', 'rolled-back']).toContain(failed.outcome);
  expect(tried(failed)).toBe(false);
});
