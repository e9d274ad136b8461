import { afterEach, describe, expect, it } from 'vitest';
import { FakeDeploys } from '../../../../test/support/fake-deploys';
import { domainOfTest } from '../../../../test/support/fleet-fixtures';
import { isEffect } from '../../../../test/support/fake-effects';

/*
 * A program that is killed at any moment of a deploy: `resume` finishes, `rollback` undoes, nobody else's database goes.
 * Real processes killed in real ways: the fault matrix in test/deploy.
 */

let fleet: FakeDeploys | null = null;
afterEach(async () => {
  await fleet?.close();
  fleet = null;
});
const fresh = async (): Promise<FakeDeploys> =>
  (fleet = await FakeDeploys.of(
    { 'idm-a': { domain: 'a', tables: null }, 'idm-b': { domain: 'b', tables: null } },
    [['idm-a', 'idm-b']],
  ));

/** Runs a deploy whose program is killed once `steps` of its steps are done. @returns how many it did. */
async function killedAfter(it: FakeDeploys, steps: number): Promise<void> {
  let done = 0;
  await it.deploy(undefined, {}, (event) => {
    if (event.kind === 'started' && steps === 0) it.kill();
    if (event.kind === 'step' && event.state === 'done' && ++done === steps) it.kill();
  });
}

/** Kills it at its nth effect on any server, before or after the server has done it. @returns what that was; null: it had fewer. */
async function killedAt(it: FakeDeploys, nth: number, when: 'before' | 'after'): Promise<string | null> {
  let effects = 0;
  let what: string | null = null;
  it.trouble = (_server, asked) => {
    if (!isEffect(asked) || ++effects !== nth) return null;
    what = asked;
    it.kill();
    return { killed: when };
  };
  await it.deploy();
  return what;
}

async function finishes(it: FakeDeploys): Promise<void> {
  it.revive();
  let end = await it.deploy({ kind: 'resume' });
  // What was left half done comes first, the rest is planned after it.
  if (end.outcome === 'done' && (await it.interrupted())) end = await it.deploy({ kind: 'resume' });
  expect(end, JSON.stringify(end.problems)).toMatchObject({ outcome: 'done' });
  expect(await it.interrupted()).toBe(false);
  expect(await it.health()).toEqual(['idm-b ← idm-a: replicating', 'idm-a ← idm-b: replicating']);
  expect(it.replication.taken).toEqual([{ server: 'idm-b', from: 'idm-a', lost: domainOfTest('b') }]);
  expect(it.servers.map(({ lock }) => lock)).toEqual([null, null]);
}

async function undoes(it: FakeDeploys, before: ReturnType<FakeDeploys['files']>): Promise<void> {
  it.revive();
  const taken = [...it.replication.taken];
  const end = await it.deploy({ kind: 'rollback', deploy: null });
  expect(['done', 'unchanged'], JSON.stringify(end)).toContain(end.outcome);
  expect(await it.interrupted()).toBe(false);
  expect(it.files()).toEqual(before);
  expect(it.servers.map(({ state }) => state)).toEqual(['running', 'running']);
  expect(it.servers.map(({ reads }) => reads)).toEqual(Object.values(before));
  expect(it.replication.taken).toEqual(taken);
  expect(it.servers.map(({ lock }) => lock)).toEqual([null, null]);
}

/** Steps of this deploy, and effects of these, as they are planned and carried out. */
const STEPS = 10;
const EFFECTS = 13;
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

describe('a deploy killed between two steps', () => {
  it.each(upTo(STEPS))('after %i steps is finished by resume', async (steps) => {
    const it = await fresh();
    expect((await it.plan()).steps).toHaveLength(STEPS);
    await killedAfter(it, steps);
    expect(await it.interrupted()).toBe(true);
    await finishes(it);
  });

  it.each(upTo(STEPS))('after %i steps is undone by rollback', async (steps) => {
    const it = await fresh();
    const before = it.files();
    await killedAfter(it, steps);
    await undoes(it, before);
  });
});

describe.each(['before', 'after'] as const)('a deploy killed right %s an effect', (when) => {
  it.each(upTo(EFFECTS))('number %i is finished by resume', async (at) => {
    const it = await fresh();
    expect(await killedAt(it, at + 1, when)).not.toBeNull();
    await finishes(it);
  });

  it.each(upTo(EFFECTS))('number %i is undone by rollback', async (at) => {
    const it = await fresh();
    const before = it.files();
    expect(await killedAt(it, at + 1, when)).not.toBeNull();
    await undoes(it, before);
  });

  it('has no more effects than these', async () => {
    const it = await fresh();
    expect(await killedAt(it, EFFECTS + 1, when)).toBeNull();
  });
});
