import { hostname } from 'node:os';
import type { ServerId } from '../../../../shared/base/names';
import { kindOf, type Step } from '../../../../shared/plan/steps/step';
import { type Fault, fail, ok, type Result } from '../../../../shared/base/result';
import type { Lock, TakeOver } from '../../connect/connection';
import { ownUser } from '../../base/own-user';
import { unexpected } from '../../base/unexpected';
import { type Clock, uncancelled } from '../../base/time';
import { faultAt, type Site, serverNow } from './deployment';

/** The locks of one deploy, one a server. */
export interface Locks {
  /** Asked before every effect. */
  check(server: ServerId): Promise<Result<void>>;
  /** Gives all back. @returns what could not be given back; they are stale in an hour. */
  release(): Promise<readonly Fault[]>;
}

const LIMIT = 30_000;

/** Who deploys, as the lock and the journal say it. */
export const deployer = (): { readonly who: string; readonly host: string } => ({
  who: ownUser().name,
  host: hostname(),
});

/** The servers that steps touch or whose data they take; steps of this plan, or as a journal keeps them. */
export const concerned = (steps: readonly Step[]): readonly ServerId[] =>
  [
    ...new Set(steps.flatMap((step) => [step.server, ...step.erases, ...kindOf(step).takesDataOf(step)])),
  ].sort();

/**
 * Locks servers one after the other in the order of their names: of two deploys of the same servers the one that gets the first
 * gets them all, so that never both give way. When one is held by somebody else, those taken are given back.
 * @param deploy the id that stands in the locks; a resume's is the first deploy's.
 */
export async function takeLocks(
  sites: readonly Site[],
  deploy: string,
  takeOver: TakeOver,
  clock: Clock,
  signal: AbortSignal,
): Promise<Result<Locks>> {
  const taken = new Map<ServerId, { readonly site: Site; readonly lock: Lock }>();
  const release = async (): Promise<readonly Fault[]> => {
    const given = await Promise.all(
      [...taken.values()].map(async ({ site, lock }) => {
        const released = await caught(() => lock.release(uncancelled(LIMIT)));
        return released.ok ? [] : [faultAt(site, released)];
      }),
    );
    taken.clear();
    return given.flat();
  };
  for (const site of sites) {
    const owner = { ...deployer(), deploy, since: serverNow(site, clock) };
    const lock = await caught(() => site.connection.lock(owner, { signal, timeoutMs: LIMIT, takeOver }));
    if (!lock.ok) {
      await release();
      return fail(faultAt(site, lock));
    }
    taken.set(site.server.id, { site, lock: lock.value });
  }
  return ok({
    check: async (server) => {
      const held = taken.get(server);
      if (!held) throw new Error(`${server} is touched but was not locked`);
      const still = await held.lock.check(uncancelled(LIMIT));
      return still.ok ? still : fail(faultAt(held.site, still));
    },
    release,
  });
}

/** Whatever is thrown, by a bug of ours on what somebody else wrote, must not keep the locks of the others. */
async function caught<T>(run: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await run();
  } catch (error) {
    return fail(unexpected(error));
  }
}

/**
 * Gives back what a deploy that was killed still holds: locks that carry its id, and no others.
 * @returns the servers of which it is not known whether their lock is gone.
 */
export async function releaseOrphanedLocks(
  sites: readonly Site[],
  deploy: string,
  clock: Clock,
): Promise<readonly Fault[]> {
  const faults = await Promise.all(
    sites.map(async (site): Promise<readonly Fault[]> => {
      const owner = { ...deployer(), deploy, since: serverNow(site, clock) };
      const lock = await caught(() =>
        site.connection.lock(owner, { ...uncancelled(LIMIT), takeOver: 'own' }),
      );
      if (!lock.ok) return ['locked', 'lock-stale'].includes(lock.error.code) ? [] : [faultAt(site, lock)];
      const { value } = lock;
      const released = await caught(() => value.release(uncancelled(LIMIT)));
      return released.ok ? [] : [faultAt(site, released)];
    }),
  );
  return faults.flat();
}
