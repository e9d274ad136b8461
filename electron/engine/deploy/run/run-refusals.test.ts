import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeServer, fakeSite } from '../../../../test/support/fake-deployment';
import { fleetOfTest } from '../../../../test/support/fleet-fixtures';
import { inOwnFolder } from '../../../../test/support/own-folder';
import { headOf } from '../../../../test/support/past-deploy';
import { value } from '../../../../test/support/results';
import { VirtualClock } from '../../../../test/support/virtual-clock';
import { planOfTest, stepOfTest } from '../../../../test/support/steps-of-test';
import type { Problem } from '../../../../shared/base/problem';
import type { DeployEvent } from '../../../../shared/plan/model/deploy';
import type { Plan } from '../../../../shared/plan/model/plan';
import type { Mishap } from '../../connect/fake/fake-trouble';
import { systemClock } from '../../base/time';
import { addToJournal, openJournal } from '../journal/journal';
import type { NewEntry } from '../journal/journal-entry';
import { type DeployRecord, readDeploys } from '../journal/read-journal';
import { type DeployRequest, runDeploy } from './run-deploy';

/* What a deploy says before its first step, and which deploys of before are over with it. */

/** No process has this number: Linux' largest is 4194304. */
const NOBODY = 2 ** 30;
let configDir: string;
inOwnFolder('run-refusals', (made) => (configDir = made));

const problem = (severity: Problem['severity'], code: string): Problem => ({
  ...{ severity, code, server: null, message: code, fix: '', where: {} },
});
const [ERROR, WARNING] = [problem('error', 'left-out'), problem('warning', 'mind')];
const nothing = planOfTest([]);

/** Hears an event, and may say what goes wrong from then on where a file is read. */
type Hear = (event: DeployEvent) => Mishap | undefined;

/** Runs a plan on idm-b, in memory. */
async function run(
  plan: Plan,
  more: Partial<DeployRequest> = {},
  hear: Hear = () => undefined,
  lock?: { readonly deploy: string; readonly age: number },
) {
  const clock = new VirtualClock();
  const server = fakeServer('idm-b', [], { now: () => clock.now() });
  if (lock !== undefined) {
    const owner = {
      who: 'alex',
      host: 'desk',
      deploy: lock.deploy,
      since: clock.now() - lock.age,
      token: 't',
    };
    server.lock = `${JSON.stringify(owner)}\n`;
  }
  let mishap: Mishap | null = null;
  const site = await fakeSite(server, (asked) => (asked.startsWith('readFile') ? mishap : null), clock);
  server.asked.length = 0;
  const events: DeployEvent[] = [];
  const outcome = await runDeploy({
    ...{ fleet: fleetOfTest(['idm-b'], []), text: { path: '/f.toml', text: '' }, plan },
    sites: new Map([[site.server.id, site]]),
    ...{ erase: [], purpose: 'resume', of: null, partial: false, takeOver: false, configDir },
    ...{ past: await readDeploys(configDir), clock, signal: new AbortController().signal },
    tell: (event) => {
      events.push(event);
      mishap = hear(event) ?? mishap;
    },
    ...more,
  });
  const end = events.at(-1);
  if (end?.kind !== 'finished') throw new Error('it did not say how it ended');
  expect(end.outcome).toBe(outcome);
  const past = (await readDeploys(configDir)).deploys;
  return {
    outcome,
    codes: end.problems.map((it) => it.code),
    asked: server.asked,
    lock: server.lock,
    settled: Object.fromEntries(past.map((it) => [it.deploy, it.settledBy])),
  };
}
let at = Date.parse('2026-11-25T06:00:00Z');
/** A deploy whose program is gone. */
async function past(head: Partial<NewEntry<'deploy'>> = {}, settledBy?: string): Promise<DeployRecord> {
  const journal = value(await openJournal(configDir, { now: () => (at += 60_000) }));
  await journal.write({ ...headOf(journal.deploy, NOBODY), ...head });
  await journal.close();
  if (settledBy !== undefined)
    await addToJournal(journal.folder, { kind: 'settled', by: settledBy, purpose: 'resume' }, systemClock);
  const record = (await readDeploys(configDir)).deploys.find(({ deploy }) => deploy === journal.deploy);
  if (record === undefined) throw new Error('it is read');
  return record;
}
const restart = planOfTest([stepOfTest('restart')]);

describe('a plan that cannot be run', () => {
  it('is refused with its errors, and nothing is asked of anybody', async () => {
    const plan = { ...restart, blocked: true, problems: [WARNING, ERROR] };
    expect(await run(plan)).toMatchObject({
      outcome: 'refused',
      codes: ['left-out'],
      asked: [],
      settled: {},
    });
  });

  it('erases nobody who was not named', async () => {
    const step = stepOfTest('restart', { erases: ['idm-b'] });
    const erasing = planOfTest([step], { problems: [{ ...ERROR, server: 'idm-a' }] });
    const { outcome, codes, asked } = await run(erasing);
    expect([outcome, codes, asked]).toEqual(['refused', ['erase-not-named', 'left-out'], []]);
  });

  it('is not begun without a journal', async () => {
    const full = join(configDir, 'a-file');
    await writeFile(full, '');
    const { outcome, codes, asked } = await run(restart, { configDir: full });
    expect([outcome, codes, asked]).toEqual(['refused', ['journal-unwritable'], []]);
  });

  it('does not go on with a deploy that another resume goes on with', async () => {
    const of = await past();
    const live = { ...of, deploy: 'later', state: 'running' as const };
    const done = await run(restart, { of, past: { deploys: [live, of], unreadable: [] } });
    expect(done).toMatchObject({ outcome: 'refused', codes: ['deploy-running'], asked: [] });
    expect(done.settled).toEqual({ [of.deploy]: null });
  });
});

describe('a plan in which nothing is left to do', () => {
  it('is unchanged, and failed where something was left out', async () => {
    expect(await run(nothing)).toMatchObject({ outcome: 'unchanged', codes: [], asked: [] });
    expect(await run({ ...nothing, problems: [WARNING] })).toMatchObject({ outcome: 'unchanged', codes: [] });
    const left = { ...nothing, problems: [ERROR] };
    expect(await run(left)).toMatchObject({ outcome: 'failed', codes: ['left-out'] });
  });

  it('settles the deploy it finishes, unless something was left out or more is to be planned', async () => {
    const of = await past();
    const none = { [of.deploy]: null };
    expect(await run({ ...nothing, problems: [ERROR] }, { of })).toMatchObject({ settled: none });
    expect(await run(nothing, { of, partial: true })).toMatchObject({ settled: none });
    expect((await run(nothing, { of })).settled[of.deploy]).not.toBeNull();
  });
});

describe('a deploy that finishes another', () => {
  it('settles it with its resumes, and neither another’s nor one that was settled before', async () => {
    const of = await past();
    const lock = of.header.lock;
    const resumed = await past({ lock, purpose: 'resume', of: of.deploy });
    const settled = await past({ lock, purpose: 'resume', of: of.deploy }, 'somebody');
    const other = await past();
    const done = await run(restart, { of });
    const by = Object.keys(done.settled).find(
      (it) => ![of, resumed, settled, other].some((one) => one.deploy === it),
    );
    expect(done).toMatchObject({ outcome: 'done', codes: [] });
    expect(done.settled).toEqual({
      ...{ [of.deploy]: by, [resumed.deploy]: by, [settled.deploy]: 'somebody', [other.deploy]: null },
      [by ?? '']: null,
    });
  });

  it('settles nothing while more is to be planned, or when its plan left something out', async () => {
    const of = await past();
    expect((await run(restart, { of, partial: true })).settled[of.deploy]).toBeNull();
    const left = await run({ ...restart, problems: [ERROR, WARNING] }, { of });
    expect(left).toMatchObject({ outcome: 'failed', codes: ['left-out'] });
    expect(left.settled[of.deploy]).toBeNull();
  });

  it('settles nothing when it fails or is cancelled, which is what it is then, whatever was left out', async () => {
    const of = await past();
    const gone = { fails: { code: 'gone', message: '', fix: '', where: {} } };
    const failed = await run(restart, { of }, () => gone);
    expect(failed).toMatchObject({ outcome: 'failed', codes: ['gone'] });
    expect(failed.settled[of.deploy]).toBeNull();
    const stop = new AbortController();
    const more = { of, signal: stop.signal };
    const cancelled = await run({ ...restart, problems: [ERROR] }, more, (event) => {
      if (event.kind === 'started') stop.abort();
      return undefined;
    });
    expect(cancelled).toMatchObject({ outcome: 'cancelled', codes: ['left-out'] });
    expect(cancelled.settled[of.deploy]).toBeNull();
    expect(cancelled.asked).not.toContain('restart');
  });

  it('leaves what a program that lives is at work on as it is', async () => {
    const of = await past();
    const live = await past({
      lock: of.header.lock,
      pid: process.ppid,
      at: new Date().toISOString(),
    } as object);
    const done = await run(nothing, { of });
    expect(done.settled[of.deploy]).not.toBeNull();
    expect(done.settled[live.deploy]).toBeNull();
  });
});

it('a deploy keeps the fleet file it was made from beside its journal', async () => {
  await run(restart, { text: { path: '/f.toml', text: 'version = 1\n' } });
  const [record] = (await readDeploys(configDir)).deploys;
  expect(record?.header.fleet).toMatchObject({ path: '/f.toml', name: 'Test' });
  expect(await readFile(join(record?.folder ?? '', 'fleet.toml'), 'utf8')).toBe('version = 1\n');
});

describe('a server that is locked', () => {
  it('by the deploy that is finished is no obstacle to what finishes it, and to nobody else', async () => {
    const of = await past();
    const own = { deploy: of.header.lock, age: 60_000 };
    expect(await run(restart, { of: null }, undefined, own)).toMatchObject({
      ...{ outcome: 'refused', codes: ['locked'], lock: expect.any(String) },
    });
    const other = { deploy: 'another', age: 60_000 };
    expect(await run(restart, { of }, undefined, other)).toMatchObject({ codes: ['locked'] });
    expect(await run(restart, { of }, undefined, own)).toMatchObject({ outcome: 'done', lock: null });
  });

  it('by one that nobody hears of any more is taken over only where the operator says so', async () => {
    const stale = { deploy: 'another', age: 7_200_000 };
    expect(await run(restart, {}, undefined, stale)).toMatchObject({ codes: ['lock-stale'] });
    const taken = await run(restart, { takeOver: true }, undefined, stale);
    expect(taken).toMatchObject({ outcome: 'done', lock: null });
  });
});
