import { randomBytes } from 'node:crypto';
import { fail, ok, type Result } from '../../../../shared/result';
import type { LockOwner, Output, TakeOver } from '../connection';
import {
  isStale,
  lockedBy,
  lockLost,
  mayTakeOver,
  ownerText,
  readOwner,
  type WrittenOwner,
} from '../lock-owner';
import { faultAt } from './faults';
import type { ServerFiles } from './files';
import { freshFolder } from './fresh-folder';
import { lockName } from './lock-name';
import type { Machine } from './machine';

const CLEAN_UP_MS = 5_000;

/** A lock that was taken, each call under a signal of its own. */
export interface SshLock {
  check(signal: AbortSignal): Promise<Result<void>>;
  release(signal: AbortSignal): Promise<Result<void>>;
}

/**
 * Takes the lock `/run/lock/kanilink-UNIT`: a folder that is made aside, with its owner already in it, and then renamed to
 * that name. A rename onto a folder that holds something fails (rename(2), ENOTEMPTY), so exactly one of many wins, as
 * with mkdir; but no moment exists in which the lock is there without its owner, whoever is killed when. `/run` is empty
 * after a boot. The lock belongs to the unit, not to the fleet's name for the server: two fleets may name it differently.
 */
export async function takeLock(
  machine: Machine,
  files: ServerFiles,
  owner: LockOwner,
  takeOver: TakeOver,
  signal: AbortSignal,
): Promise<Result<SshLock>> {
  const lock = new LockFolder(machine, files, ownerText(owner, randomBytes(12).toString('hex')));
  const aside = await lock.prepare(signal);
  if (!aside.ok) return aside.error.code === 'folder-taken' ? lock.refuse(signal) : aside;
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
      const now = await lock.now(signal);
      if (!now.ok) return now;
      const free = held.value === 'none';
      const writtenBy = held.value === 'none' || held.value === 'unreadable' ? null : held.value;
      const mayTake =
        writtenBy !== null && mayTakeOver(writtenBy, owner, takeOver, isStale(writtenBy, now.value));
      if (!free && !mayTake) return fail(lockedBy(writtenBy, now.value, machine.at.server));
      if (!free) {
        const moved = await lock.moveAway(writtenBy, signal);
        if (!moved.ok) return moved;
      }
    }
    return fail(lockedBy(null, Date.now(), machine.at.server));
  } finally {
    // What has its name by now may be somebody else's.
    if (!moved) await lock.discard(aside.value);
  }
}

class LockFolder {
  private readonly name: string;

  constructor(
    private readonly machine: Machine,
    private readonly files: ServerFiles,
    private readonly text: string,
  ) {
    this.name = lockName(machine.unit);
  }

  /** A folder of our own with the owner in it, beside the lock. */
  async prepare(signal: AbortSignal): Promise<Result<string>> {
    // Everyone may read who holds the lock; only its maker may write into it.
    const made = await freshFolder(this.machine, `${this.name}.new`, 0o755, signal);
    if (!made.ok)
      return made.error.code === 'file-operation-failed'
        ? fail(this.trouble('cannot be made', made.error.detail ?? ''))
        : made;
    const aside = made.value;
    const written = await this.files.create(`${aside}/owner`, new TextEncoder().encode(this.text), signal);
    const readable = written.ok ? await this.run(['chmod', '0644', '--', `${aside}/owner`], signal) : written;
    if (readable.ok) return ok(aside);
    await this.discard(aside);
    return readable;
  }

  /** False: somebody else holds it. */
  async claim(aside: string, signal: AbortSignal): Promise<Result<boolean>> {
    const moved = await this.machine.runAsRoot(['mv', '-T', '--', aside, this.name], signal);
    // A name that is not new each time may have led to what somebody else made.
    if (moved.ok && moved.value.exitCode === 0 && !this.machine.sudo) return ok(true);
    // A lost answer does not mean that nothing was done: the lock itself tells.
    const held = await this.owner(moved.ok ? signal : AbortSignal.timeout(CLEAN_UP_MS));
    if (held.ok && typeof held.value === 'object' && this.isOurs(held.value)) return ok(true);
    if (!moved.ok) return moved;
    if (held.ok && held.value === 'none') {
      const there = await this.files.stat(aside, signal);
      if (there.ok && there.value !== null && moved.value.stderr !== '' && !(await this.taken(signal)))
        return fail(this.trouble('cannot be taken', moved.value.stderr));
    }
    return ok(false);
  }

  async owner(signal: AbortSignal): Promise<Result<WrittenOwner | 'none' | 'unreadable'>> {
    const read = await this.machine.runAsRoot(['cat', '--', `${this.name}/owner`], signal);
    if (!read.ok) return read;
    if (read.value.exitCode === 0) return ok(readOwner(read.value.stdout) ?? 'unreadable');
    return ok((await this.taken(signal)) ? 'unreadable' : 'none');
  }

  /** The server's clock in milliseconds. */
  async now(signal: AbortSignal): Promise<Result<number>> {
    const date = await this.machine.run(['date', '+%s'], signal);
    if (!date.ok) return date;
    const seconds = Number(date.value.stdout.trim());
    return Number.isFinite(seconds)
      ? ok(seconds * 1000)
      : fail(this.trouble('has an age nobody can tell', date.value.stdout));
  }

  /** Moves a lock away that may be taken over. When it changed hands meanwhile it is put back. */
  async moveAway(judged: WrittenOwner | null, signal: AbortSignal): Promise<Result<void>> {
    const away = this.away();
    const moved = await this.move(away, signal);
    if (!moved.ok) return moved;
    if (moved.value.exitCode !== 0) return ok(undefined);
    const read = await this.machine.runAsRoot(['cat', '--', `${away}/owner`], signal);
    if (read.ok && readOwner(read.value.stdout)?.token === judged?.token) {
      await this.discard(away);
      return ok(undefined);
    }
    await this.machine.runAsRoot(['mv', '-T', '--', away, this.name], AbortSignal.timeout(CLEAN_UP_MS));
    return fail(lockedBy(read.ok ? readOwner(read.value.stdout) : null, Date.now(), this.machine.at.server));
  }

  async check(signal: AbortSignal): Promise<Result<void>> {
    const held = await this.owner(signal);
    if (!held.ok) return held;
    const by = typeof held.value === 'object' ? held.value : null;
    return by !== null && this.isOurs(by) ? ok(undefined) : fail(lockLost(by, this.machine.at.server));
  }

  async release(signal: AbortSignal): Promise<Result<void>> {
    const ours = await this.check(signal);
    if (!ours.ok) return ours.error.code === 'lock-lost' ? ok(undefined) : ours;
    const away = this.away();
    const moved = await this.move(away, signal);
    if (!moved.ok) return moved;
    if (moved.value.exitCode !== 0) return fail(this.trouble('cannot be given back', moved.value.stderr));
    return this.files.removeFolder(away, signal);
  }

  /** Whoever is making a lock has it, or will. */
  async refuse(signal: AbortSignal): Promise<Result<never>> {
    const held = await this.owner(signal);
    if (!held.ok) return held;
    const by = typeof held.value === 'object' ? held.value : null;
    return fail(lockedBy(by, Date.now(), this.machine.at.server));
  }

  async discard(aside: string): Promise<void> {
    await this.files.removeFolder(aside, AbortSignal.timeout(CLEAN_UP_MS));
  }

  private async taken(signal: AbortSignal): Promise<boolean> {
    const there = await this.machine.runAsRoot(['test', '-e', this.name], signal);
    return there.ok && there.value.exitCode === 0;
  }

  private isOurs(held: WrittenOwner): boolean {
    return held.token === readOwner(this.text)?.token;
  }

  /** Where a lock goes on its way out; through sudo by a name that sudoers can say. */
  private away(): string {
    return `${this.name}.old${this.machine.sudo ? '' : `-${randomBytes(6).toString('hex')}`}`;
  }

  /** Moves the lock away; what a killed program left there goes first. */
  private async move(away: string, signal: AbortSignal): Promise<Result<Output>> {
    const argv = ['mv', '-T', '--', this.name, away];
    const moved = await this.machine.runAsRoot(argv, signal);
    if (!moved.ok || moved.value.exitCode === 0 || !this.machine.sudo || !(await this.taken(signal)))
      return moved;
    const removed = await this.files.removeFolder(away, signal);
    return removed.ok ? this.machine.runAsRoot(argv, signal) : removed;
  }

  private async run(argv: readonly string[], signal: AbortSignal): Promise<Result<void>> {
    const output = await this.machine.runAsRoot(argv, signal);
    if (!output.ok) return output;
    return output.value.exitCode === 0
      ? ok(undefined)
      : fail(this.trouble('cannot be made', output.value.stderr));
  }

  private trouble(what: string, said: string) {
    return faultAt(
      this.machine.at,
      'lock-impossible',
      `the lock ${this.name} ${what}`,
      'See that /run/lock is there and that this user (or sudo) may write into it; nothing was changed.',
      { file: this.name, detail: said.trim() },
    );
  }
}
