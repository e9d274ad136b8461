import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fleetOfTest, observedOfTest } from '../../../../test/support/fleet-fixtures';
import { type ServerId, type Sha256, stepId, trusted } from '../../../../shared/base/names';
import type { ObservedFleet } from '../../fleet/observe-fleet';
import { touchedServers } from './chain';
import { type JournalEntry, journalEntry } from './journal-entry';
import { planRecovery } from '../plan/plan-recovery';
import type { DeployRecord } from './read-journal';

const WROTE = '2026-11-26T08:00:00.000Z';
const AFTER = 'step-1.idm-a.after.toml';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kl-chain-'));
  await writeFile(join(folder, AFTER), 'new');
  await writeFile(join(folder, 'before.toml'), 'old');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const about = { step: stepId(1), server: trusted<ServerId>('idm-a') } as const;
const write: JournalEntry = {
  ...{ kind: 'intent', at: WROTE, ...about, effect: 'write', before: 'before.toml', after: AFTER },
  process: 'then',
};
const restart: JournalEntry = { kind: 'intent', at: WROTE, ...about, effect: 'restart', process: 'then' };
const refresh: JournalEntry = { ...restart, effect: 'refresh' };
const start: JournalEntry = { ...restart, effect: 'start', process: null };
/** As it was written before processes were kept. */
const older = (entry: JournalEntry): JournalEntry =>
  journalEntry.parse(JSON.parse(JSON.stringify({ ...entry, process: undefined })));
const ended = (well: boolean): JournalEntry => ({ kind: 'effect', at: WROTE, ...about, well, note: '' });

/**
 * The summaries of what has to be over first, for a journal and a server with this file and this process now.
 * @param startedMs when it started by the server's clock, after the journal's time by this computer's.
 */
async function looseEnds(
  entries: readonly JournalEntry[],
  file: 'old' | 'new',
  process: string | null,
  startedMs = 0,
): Promise<string[]> {
  const record = { deploy: 'd', folder, header: {}, entries } as unknown as DeployRecord;
  const seen = observedOfTest({ id: 'idm-a', domain: 'a', tables: [] });
  const sha256 = trusted<Sha256>(createHash('sha256').update(file).digest('hex'));
  const service = { state: 'running' as const, detail: '', ...(process === null ? {} : { process }) };
  const observed = {
    ...seen,
    file: seen.file && { ...seen.file, sha256 },
    facts: seen.facts && { ...seen.facts, service, startedAt: Date.parse(WROTE) + startedMs },
  };
  const fleet = { fleet: fleetOfTest(['idm-a'], []), observed: [observed] } as unknown as ObservedFleet;
  const plan = planRecovery(fleet, record, await touchedServers([record]));
  return plan === null ? [] : plan.steps.map((step) => step.summary);
}

const RESTARTED = ['Restart idm-a'];
const HOUR = 3_600_000;

it('a file that was written and not read by any process yet is a loose end', async () => {
  expect(await looseEnds([write], 'new', 'then')).toEqual(RESTARTED);
  expect(await looseEnds([write, ended(true), restart], 'new', 'then')).toEqual(RESTARTED);
  expect(await looseEnds([write, ended(true), restart, ended(false)], 'new', 'then')).toEqual(RESTARTED);
});

it('a process is the one of before, or another one, whatever the two clocks say', async () => {
  for (const off of [-HOUR, HOUR]) {
    expect(await looseEnds([write, ended(true), restart], 'new', 'then', off)).toEqual(RESTARTED);
    expect(await looseEnds([write, ended(true), restart], 'new', 'later', off)).toEqual([]);
    expect(await looseEnds([refresh], 'old', 'then', off)).toEqual(RESTARTED);
    expect(await looseEnds([refresh], 'old', 'later', off)).toEqual([]);
  }
});

it('a process that was seen after the file was written tells more than the one before', async () => {
  const since = { ...restart, process: 'between' };
  expect(await looseEnds([write, ended(true), since], 'new', 'between')).toEqual(RESTARTED);
  expect(await looseEnds([write, ended(true), since], 'new', 'later')).toEqual([]);
});

it('what is not known on either side proves no restart', async () => {
  const unknown = older(write);
  expect(unknown).not.toHaveProperty('process');
  expect(await looseEnds([unknown], 'new', 'later', HOUR)).toEqual(RESTARTED);
  expect(await looseEnds([write], 'new', null, HOUR)).toEqual(RESTARTED);
  expect(await looseEnds([older(refresh)], 'old', 'later', HOUR)).toEqual(RESTARTED);
});

it('a request for a refresh is gone once a restart after it ended well, as its journal says', async () => {
  const old = older(refresh);
  expect(await looseEnds([old, restart, ended(true)], 'old', 'later')).toEqual([]);
  expect(await looseEnds([old, restart, ended(false)], 'old', 'later')).toEqual(RESTARTED);
});

it('a refresh that is known to have happened waits no more; one that was not answered by "success" may', async () => {
  const done = journalEntry.parse({ kind: 'done', at: WROTE, step: about.step, note: '' });
  expect(await looseEnds([refresh, ended(true)], 'old', 'then')).toEqual([]);
  expect(await looseEnds([refresh, ended(false)], 'old', 'then')).toEqual(RESTARTED);
  // Older journals call both well.
  expect(await looseEnds([older(refresh), ended(true)], 'old', 'then')).toEqual(RESTARTED);
  expect(await looseEnds([older(refresh), ended(true), done], 'old', 'then')).toEqual([]);
});

it('a journal of an older version is read, and how its effects ended is not known', async () => {
  const effect = journalEntry.parse({ kind: 'effect', at: WROTE, ...about, note: 'restart done' });
  expect(await looseEnds([write, restart, effect], 'new', 'then')).toEqual(RESTARTED);
});

it('what a rollback wrote before it was killed is one too: no process has read the old file', async () => {
  const rolledBack = {
    deploy: 'e',
    folder,
    entries: [{ ...write, before: AFTER, after: 'before.toml' }, ended(true)],
  };
  const [touched] = await touchedServers(
    [{ deploy: 'd', folder, entries: [write, ended(true), restart, ended(true)] } as unknown as DeployRecord],
    [rolledBack as unknown as DeployRecord],
  );
  expect(touched).toMatchObject({ original: 'old', unread: { after: 'before.toml' } });
});

it('one that was never written, or whose restart ended well or is seen, is none', async () => {
  expect(await looseEnds([write], 'old', 'then')).toEqual([]);
  expect(await looseEnds([write, ended(true), restart, ended(true)], 'new', 'then')).toEqual([]);
  expect(await looseEnds([write, ended(true), restart], 'new', 'later')).toEqual([]);
  expect(await looseEnds([write, ended(true), start], 'new', 'later')).toEqual([]);
});

/** What is known of idm-a after deploys with these entries, the rollbacks among them told apart. */
const known = async (
  chain: readonly (readonly [string, readonly JournalEntry[]])[],
  rollbacks: readonly (readonly [string, readonly JournalEntry[]])[] = [],
) => {
  const of = ([deploy, entries]: readonly [string, readonly JournalEntry[]]): DeployRecord =>
    ({ deploy, folder, entries }) as unknown as DeployRecord;
  const [touched] = await touchedServers(chain.map(of), rollbacks.map(of));
  return touched;
};
const back: JournalEntry = { ...write, before: AFTER, after: 'before.toml' };

it('a rollback that a resume came after counts where it was: the newest file is the resume’s', async () => {
  const whole = [write, ended(true), restart, ended(true)];
  const killed = [back, ended(true)];
  expect(await known([['1', whole]], [['2', killed]])).toMatchObject({ unread: back });
  const resumed = [['1', whole] as const, ['3', whole] as const];
  expect(await known(resumed, [['2', killed]])).toMatchObject({ unread: null, original: 'old' });
  expect((await known(resumed, [['2', killed]]))?.written.size).toBe(2);
});

it('a refresh that failed may wait still, whatever else of its step ended', async () => {
  const failed = journalEntry.parse({
    ...{ kind: 'failed', at: WROTE, step: about.step, code: 'gone', message: '', undone: false },
  });
  expect(await looseEnds([refresh, ended(false), failed], 'old', 'then')).toEqual(RESTARTED);
  const other = journalEntry.parse({ kind: 'done', at: WROTE, step: '2', note: '' });
  expect(await looseEnds([refresh, ended(false), other], 'old', 'then')).toEqual(RESTARTED);
});

it('what starts and stops a process is remembered of a file that waits for it, and of no other', async () => {
  expect(await known([['1', [restart]]])).toMatchObject({ brought: null, unread: null, queued: null });
  const backup: JournalEntry = { ...restart, effect: 'backup' };
  expect(await known([['1', [write, ended(true), backup]]])).toMatchObject({ brought: write });
  const stop: JournalEntry = { ...restart, effect: 'stop' };
  for (const effect of [restart, start, stop])
    expect(await known([['1', [write, ended(true), effect]]])).toMatchObject({ brought: effect });
});

it('the end of an effect that was never begun here says nothing of anybody', async () => {
  expect(await known([['1', [ended(true)]]])).toBeUndefined();
});
