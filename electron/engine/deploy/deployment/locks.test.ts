import { afterEach, describe, expect, it } from 'vitest';
import { id, StepTrial } from '../../../../test/support/step-trial';
import { concerned, releaseOrphanedLocks, takeLocks } from './locks';

/* Who is locked, in which order, and who is given back. */

let trial: StepTrial;
afterEach(() => trial.end());

const denied = { fails: { code: 'permission-denied', message: 'no', fix: '', where: {} } };
/** Two servers that nobody holds. */
const free = async (): Promise<void> => {
  trial = await StepTrial.of({ 'idm-a': { domain: 'a', tables: [] }, 'idm-b': { domain: 'a', tables: [] } });
  await trial.deployment.locks.release();
};
const take = (deploy = 'mine') => {
  const { clock, signal } = trial.deployment;
  return takeLocks(trial.sites, deploy, false, clock, signal);
};
const taken = async () => {
  const locks = await take();
  if (!locks.ok) throw new Error(locks.error.message);
  return locks.value;
};
const held = (): readonly (string | null)[] =>
  trial.servers.map(({ lock }) => (lock === null ? null : (JSON.parse(lock) as { deploy: string }).deploy));

describe('locks', () => {
  it('are of all servers or of none: one that somebody else holds gives the others back', async () => {
    await free();
    trial.takeLock('idm-b');
    expect(await take()).toMatchObject({ ok: false, error: { where: { server: 'idm-b' } } });
    expect(held()).toEqual([null, 'another']);
  });

  it('are looked at one by one, and only of those that were taken', async () => {
    await free();
    const locks = await taken();
    expect(held()).toEqual(['mine', 'mine']);
    expect(await locks.check(id('idm-a'))).toMatchObject({ ok: true });
    trial.takeLock('idm-b');
    expect(await locks.check(id('idm-b'))).toMatchObject({
      ok: false,
      error: { code: 'lock-lost', where: { server: 'idm-b' } },
    });
    await expect(locks.check(id('idm-c'))).rejects.toThrow('was not locked');
  });

  it('that cannot be given back are said, and keep no other', async () => {
    await free();
    const locks = await taken();
    trial.whenAsked(/idm-a lock release/, denied);
    expect(await locks.release()).toMatchObject([{ code: 'permission-denied', where: { server: 'idm-a' } }]);
    expect(held()).toEqual(['mine', null]);
    // Nothing is given back twice.
    expect(await locks.release()).toEqual([]);
  });

  it('are of whom steps touch, erase, or take data of, by name', async () => {
    await free();
    trial.builder.restart(id('idm-b'), 'a test');
    const step = { ...trial.step, erases: [id('idm-c'), id('idm-a'), id('idm-b')] };
    expect(concerned([step])).toEqual(['idm-a', 'idm-b', 'idm-c']);
  });
});

describe('what a deploy that was killed left', () => {
  const left = () => releaseOrphanedLocks(trial.sites, 'mine', trial.clock);

  it('is given back where it is its own, and nobody else’s', async () => {
    await free();
    await taken();
    trial.takeLock('idm-b');
    expect(await left()).toEqual([]);
    expect(held()).toEqual([null, 'another']);
  });

  it('is said where it is not known', async () => {
    for (const what of [/idm-a lock$/, /idm-a lock release/]) {
      await free();
      await taken();
      trial.whenAsked(what, denied);
      expect(await left(), String(what)).toMatchObject([
        { code: 'permission-denied', where: { server: 'idm-a' } },
      ]);
      expect(held()[1]).toBeNull();
      if (String(what) === '/idm-a lock$/') await trial.end();
    }
  });
});
