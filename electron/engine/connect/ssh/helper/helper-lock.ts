import { randomBytes } from 'node:crypto';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import type { LockOwner, TakeOver } from '../../connection';
import { lockedBy, lockLost, mayTakeOver, ownerText } from '../../common/lock-owner';
import { faultAt } from '../../common/faults';
import type { HeldLock } from '../../common/lock-all';
import { cleanUpTime } from '../../common/limits';
import type { Machine } from '../machine/machine';
import { heldLock, type FoundLock, isOwner } from '../unit/lock-held';
import { lockPath } from '../unit/lock-place';
import { unitNames } from '../unit/unit-names';
import type { Helper } from './installed';

/**
 * The same lock as root's (`lock.ts`), taken and given back by the helper; whose it is, everybody may read. A helper knows
 * the unit by one name. Whoever has another one of its locks took them before, or finds this one.
 */
export async function takeLockByHelper(
  helper: Helper,
  owner: LockOwner,
  takeOver: TakeOver,
  signal: AbortSignal,
): Promise<Result<HeldLock>> {
  const { machine } = helper;
  const names = await unitNames(machine, signal);
  if (!names.ok) return names;
  const taken = await takeOwnLock(helper, owner, takeOver, signal);
  if (!taken.ok) return taken;
  for (const unit of names.value.filter((it) => it !== machine.unit)) {
    const other = await heldBy(machine, lockPath(unit), signal);
    const free = other.ok && (other.value === 'none' || isOfDeploy(other.value, owner));
    if (free) continue;
    await taken.value.release(cleanUpTime());
    if (!other.ok) return other;
    return fail(lockedBy(typeof other.value === 'object' ? other.value : null, null, machine.where.server));
  }
  return taken;
}

const heldBy = (machine: Machine, lock: string, signal: AbortSignal): Promise<Result<FoundLock>> =>
  heldLock((argv, stop, options) => machine.run(argv, stop, options), lock, [0], signal);

/** One that the same deploy left behind, by another way to the server. */
const isOfDeploy = (held: FoundLock, { deploy }: LockOwner): boolean =>
  isOwner(held) && held.deploy === deploy;

async function takeOwnLock(
  helper: Helper,
  owner: LockOwner,
  takeOver: TakeOver,
  signal: AbortSignal,
): Promise<Result<HeldLock>> {
  const { machine } = helper;
  const { server } = machine.where;
  const token = randomBytes(12).toString('hex');
  const input = new TextEncoder().encode(ownerText(owner, token));
  const lock = lockPath(machine.unit);
  const held = (limit: AbortSignal): Promise<Result<FoundLock>> => heldBy(machine, lock, limit);
  const ours = (found: FoundLock): boolean => isOwner(found) && found.token === token;
  const check = async (limit: AbortSignal): Promise<Result<void>> => {
    const found = await held(limit);
    if (!found.ok) return found;
    return ours(found.value)
      ? ok(undefined)
      : fail(lockLost(isOwner(found.value) ? found.value : null, server));
  };
  const release = async (limit: AbortSignal): Promise<Result<void>> => {
    const told = await helper.run(['unlock', token], limit);
    if (!told.ok) return told;
    const gone = ['lock-lost', 'locked'].includes(helper.refusal(told.value)?.word ?? '');
    return told.value.exitCode === 0 || gone ? ok(undefined) : fail(helper.failed('unlock', told.value));
  };
  // Twice: a stale lock may have been moved away, or its owner may have gone between two looks.
  for (let attempt = 0; attempt < 2; attempt++) {
    const told = await helper.run(['lock', token], signal, { input });
    if (!told.ok) {
      // A lost answer does not mean that nothing was done.
      await release(cleanUpTime());
      return told;
    }
    if (told.value.exitCode === 0) return ok({ check, release });
    if (helper.refusal(told.value)?.word !== 'locked') return fail(helper.failed('lock', told.value));
    const found = await held(signal);
    if (!found.ok) return found;
    if (found.value === 'none') continue;
    if (found.value === 'not-roots')
      return fail(
        faultAt(
          machine.where,
          'lock-impossible',
          `${lock} is there, and is no lock of root’s`,
          'Look at it on the server, and remove it.',
          { file: lock },
        ),
      );
    const now = await machine.now(signal);
    if (!now.ok) return now;
    const taking = mayTakeOver(found.value, owner, takeOver, now.value, server);
    if (!taking.ok) return taking;
    const word = isOwner(found.value) ? found.value.token : 'unread';
    const dropped = await helper.run(['unlock', word], signal);
    if (!dropped.ok) return dropped;
    if (dropped.value.exitCode !== 0 && helper.refusal(dropped.value)?.word !== 'lock-lost')
      return fail(lockedBy(found.value, now.value, server));
  }
  return fail(lockedBy(null, null, server));
}
