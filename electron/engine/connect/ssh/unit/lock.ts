import { randomBytes } from 'node:crypto';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import type { LockOwner, Output, TakeOver } from '../../connection';
import {
  LOCK_LOST,
  lockedBy,
  lockLost,
  mayTakeOver,
  ownerText,
  readOwner,
  type WrittenOwner,
} from '../../common/lock-owner';
import { faultAt } from '../../common/faults';
import { type HeldLock, lockAll } from '../../common/lock-all';
import { cleanUpTime } from '../../common/limits';
import { isFolder, isThere, newFolder, removal, rename } from '../commands/files';
import { ROOT } from '../machine/identity';
import { type FoundLock, heldLock, isOwner, sameLock } from './lock-held';
import { lockPath } from './lock-place';
import type { Machine } from '../machine/machine';
import { workAt } from '../machine/place';
import { programFiles } from '../files/program-files';
import { unitNames } from './unit-names';

/**
 * Takes the lock `/run/kanilink-UNIT`: a folder that is made aside, with its owner already in it, and then renamed to
 * that name. A rename onto a folder that holds something fails (rename(2), ENOTEMPTY), so exactly one of many wins, as
 * with mkdir; but no moment exists in which the lock is there without its owner, no matter who is killed when. `/run` is empty
 * after a boot, and root's alone: nobody else can put a lock, or a symlink, in its place. The lock belongs to the unit, not
 * to the fleet's name for the server: two fleets may name it differently, also by an alias of the unit, so that it is
 * locked under all its names.
 */
export async function takeLock(
  machine: Machine,
  owner: LockOwner,
  takeOver: TakeOver,
  signal: AbortSignal,
): Promise<Result<HeldLock>> {
  const names = await unitNames(machine, signal);
  return names.ok ? lockAll(names.value, (unit) => lockUnit(machine, unit, owner, takeOver, signal)) : names;
}

async function lockUnit(
  machine: Machine,
  unit: string,
  owner: LockOwner,
  takeOver: TakeOver,
  signal: AbortSignal,
): Promise<Result<HeldLock>> {
  const lock = new LockFolder(machine, unit, ownerText(owner, randomBytes(12).toString('hex')));
  const place = await lock.place(signal);
  if (!place.ok) return place;
  const aside = await lock.prepare(signal);
  if (!aside.ok) return aside;
  let moved = false;
  try {
    // Twice: a stale lock may have been moved away, or its owner may have gone between two looks.
    for (let attempt = 0; attempt < 2; attempt++) {
      const won = await lock.claim(aside.value, signal);
      if (!won.ok) return won;
      if (won.value) {
        moved = true;
        return ok({ check: (call) => lock.check(call), release: (call) => lock.release(call) });
      }
      const held = await lock.owner(signal);
      if (!held.ok) return held;
      const now = await machine.now(signal);
      if (!now.ok) return now;
      if (held.value !== 'none') {
        const by = held.value === 'not-roots' ? null : held.value;
        const taking =
          by === null ? ok(undefined) : mayTakeOver(by, owner, takeOver, now.value, machine.where.server);
        if (!taking.ok) return taking;
        const away = await lock.moveAway(held.value, signal);
        if (!away.ok) return away;
      }
    }
    return fail(lockedBy(null, null, machine.where.server));
  } finally {
    // What has its name by now may be somebody else's.
    if (!moved) await lock.discard(aside.value);
  }
}

class LockFolder {
  private readonly name: string;

  constructor(
    private readonly machine: Machine,
    unit: string,
    private readonly text: string,
  ) {
    this.name = lockPath(unit);
  }

  /** Whether the folder of locks is one where nobody can be led elsewhere. */
  async place(signal: AbortSignal): Promise<Result<void>> {
    const work = await workAt(this.machine, this.name, 'change', signal);
    if (!work.ok) return work;
    const rights = await this.machine.rights(signal);
    if (!rights.ok) return rights;
    return rights.value.kind === 'own' || work.value.who.uid === 0
      ? ok(undefined)
      : fail(this.trouble('would lie in a folder that is not root’s', work.value.path));
  }

  /** A folder with the owner in it, beside the lock. No other deploy knows its name. */
  async prepare(signal: AbortSignal): Promise<Result<string>> {
    const aside = `${this.name}.new-${randomBytes(6).toString('hex')}`;
    const owner = `${aside}/owner`;
    // Everyone may read who holds the lock; only its maker may write into it.
    const made = await this.machine.runAsRoot(newFolder(aside, 0o755), signal);
    if (made.ok && made.value.exitCode !== 0) return fail(this.trouble('cannot be made', made.value.stderr));
    const files = programFiles(this.machine, ROOT);
    const text = new TextEncoder().encode(this.text);
    const written = made.ok ? await files.create(owner, text, signal) : made;
    const readable = written.ok ? await this.run(['chmod', '0644', '--', owner], signal) : written;
    if (readable.ok) return ok(aside);
    await this.discard(aside);
    return readable;
  }

  /** False: somebody else holds it. */
  async claim(aside: string, signal: AbortSignal): Promise<Result<boolean>> {
    const moved = await this.machine.runAsRoot(rename(aside, this.name), signal);
    if (moved.ok && moved.value.exitCode === 0) return ok(true);
    // A lost answer does not mean that nothing was done: the lock itself tells.
    const held = await this.owner(moved.ok ? signal : cleanUpTime());
    if (held.ok && isOwner(held.value) && this.isOurs(held.value)) return ok(true);
    if (!moved.ok) return moved;
    if (held.ok && held.value === 'none' && moved.value.stderr !== '') {
      const still = await this.machine.runAsRoot(isFolder(aside), signal);
      if (still.ok && still.value.exitCode === 0 && !(await this.taken(signal)))
        return fail(this.trouble('cannot be taken', moved.value.stderr));
    }
    return ok(false);
  }

  async owner(signal: AbortSignal): Promise<Result<FoundLock>> {
    return this.ownerOf(this.name, signal);
  }

  private async ownerOf(lock: string, signal: AbortSignal): Promise<Result<FoundLock>> {
    const rights = await this.machine.rights(signal);
    if (!rights.ok) return rights;
    const trusted = rights.value.kind === 'own' ? [0, rights.value.uid] : [0];
    return heldLock(
      (argv, limit, options) => this.machine.runAsRoot(argv, limit, options),
      lock,
      trusted,
      signal,
    );
  }

  /** Moves a lock away that may be taken over. When it changed hands meanwhile it is put back. */
  async moveAway(judged: Exclude<FoundLock, 'none'>, signal: AbortSignal): Promise<Result<void>> {
    const away = this.away();
    const moved = await this.move(away, signal);
    if (!moved.ok) return moved;
    if (moved.value.exitCode !== 0) return ok(undefined);
    const found = await this.ownerOf(away, signal);
    if (found.ok && sameLock(found.value, judged)) {
      await this.discard(away);
      return ok(undefined);
    }
    await this.machine.runAsRoot(rename(away, this.name), cleanUpTime());
    const by = found.ok && typeof found.value === 'object' ? found.value : null;
    return fail(lockedBy(by, null, this.machine.where.server));
  }

  async check(signal: AbortSignal): Promise<Result<void>> {
    const held = await this.owner(signal);
    if (!held.ok) return held;
    const by = isOwner(held.value) ? held.value : null;
    return by !== null && this.isOurs(by) ? ok(undefined) : fail(lockLost(by, this.machine.where.server));
  }

  async release(signal: AbortSignal): Promise<Result<void>> {
    const ours = await this.check(signal);
    if (!ours.ok) return ours.error.code === LOCK_LOST ? ok(undefined) : ours;
    const away = this.away();
    const moved = await this.move(away, signal);
    if (!moved.ok) return moved;
    if (moved.value.exitCode !== 0) return fail(this.trouble('cannot be given back', moved.value.stderr));
    return this.run(removal(away), signal);
  }

  async discard(aside: string): Promise<void> {
    await this.machine.runAsRoot(removal(aside), cleanUpTime());
  }

  private async taken(signal: AbortSignal): Promise<boolean> {
    const there = await this.machine.runAsRoot(isThere(this.name), signal);
    return there.ok && there.value.exitCode === 0;
  }

  private isOurs(held: WrittenOwner): boolean {
    return held.token === readOwner(this.text)?.token;
  }

  /** Where a lock goes on its way out. */
  private away(): string {
    return `${this.name}.old-${randomBytes(6).toString('hex')}`;
  }

  private move(away: string, signal: AbortSignal): Promise<Result<Output>> {
    return this.machine.runAsRoot(rename(this.name, away), signal);
  }

  private async run(argv: readonly string[], signal: AbortSignal): Promise<Result<void>> {
    const output = await this.machine.runAsRoot(argv, signal);
    if (!output.ok) return output;
    return output.value.exitCode === 0
      ? ok(undefined)
      : fail(this.trouble(`cannot be changed by ${argv[0] ?? ''}`, output.value.stderr));
  }

  private trouble(what: string, said: string) {
    return faultAt(
      this.machine.where,
      'lock-impossible',
      `the lock ${this.name} ${what}`,
      'Locks lie in /run, where only root may write: connect as root, or set `sudo = true` for this server. Nothing was changed.',
      { file: this.name, detail: said.trim() },
    );
  }
}
