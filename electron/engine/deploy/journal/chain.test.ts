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
import { planLooseEnds } from '../plan/plan-loose-ends';
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
};
const restart: JournalEntry = { kind: 'intent', at: WROTE, ...about, effect: 'restart' };
const ended = (well: boolean): JournalEntry => ({ kind: 'effect', at: WROTE, ...about, well, note: '' });

/** The summaries of what has to be over first, for a journal and a server with this file that started then. */
async function looseEnds(
  entries: readonly JournalEntry[],
  file: 'old' | 'new',
  startedMs: number,
): Promise<string[]> {
  const record = { deploy: 'd', folder, entries } as unknown as DeployRecord;
  const seen = observedOfTest({ id: 'idm-a', domain: 'a', tables: [] });
  const sha256 = trusted<Sha256>(createHash('sha256').update(file).digest('hex'));
  const observed = {
    ...seen,
    file: seen.file && { ...seen.file, sha256 },
    facts: seen.facts && { ...seen.facts, startedAt: Date.parse(WROTE) + startedMs },
  };
  const fleet = { fleet: fleetOfTest(['idm-a'], []), observed: [observed] } as unknown as ObservedFleet;
  const plan = planLooseEnds(fleet, record, await touchedServers([record]));
  return plan === null ? [] : plan.steps.map((step) => step.summary);
}

it('a file that was written and not read by any process yet is a loose end, whatever the grain of the clocks', async () => {
  const restarted = ['Restart idm-a'];
  expect(await looseEnds([write], 'new', -3_600_000)).toEqual(restarted);
  expect(await looseEnds([write], 'new', -500)).toEqual(restarted);
  expect(await looseEnds([write, ended(true), restart], 'new', -500)).toEqual(restarted);
  expect(await looseEnds([write, ended(true), restart, ended(false)], 'new', -500)).toEqual(restarted);
});

it('a journal of an older version is read, and how its effects ended is not known', async () => {
  const older = journalEntry.parse({ kind: 'effect', at: WROTE, ...about, note: 'restart done' });
  expect(await looseEnds([write, restart, older], 'new', -500)).toEqual(['Restart idm-a']);
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
  expect(await looseEnds([write], 'old', -500)).toEqual([]);
  expect(await looseEnds([write, ended(true), restart, ended(true)], 'new', 500)).toEqual([]);
  expect(await looseEnds([write, ended(true), restart], 'new', 5000)).toEqual([]);
});
