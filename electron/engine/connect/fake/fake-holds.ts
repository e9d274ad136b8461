import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { type Fault, type Result, fail, ok } from '../../../../shared/base/result';
import { lockedBy, lockLost, mayTakeOver, ownerText, readOwner } from '../common/lock-owner';
import type { Lock, LockOwner, Scratch, TakeOver } from '../connection';
import type { Ask } from './fake-connection';
import type { FakeServer } from './fake-server';

/** A folder for what must not stay; see `ServerConnection.scratch`. */
export function scratchIn(
  server: FakeServer,
  ask: Ask,
  { beside, again }: { readonly beside?: string; readonly again?: string },
): Result<Scratch> {
  const folder = beside ?? posix.dirname(server.configPath);
  const path = again ?? posix.join(folder, `.kanilink-${randomBytes(6).toString('hex')}`);
  const made = again === undefined ? server.files.makeFolder(path, 0o700) : ok(undefined);
  if (!made.ok) return made;
  return ok({
    path,
    remove: (call) =>
      ask(`remove ${path}`, call, () => {
        server.files.remove(path);
        return ok(undefined);
      }),
  });
}

/** The server's one lock; see `ServerConnection.lock`. */
export function takeLock(server: FakeServer, ask: Ask, owner: LockOwner, takeOver: TakeOver): Result<Lock> {
  if (server.lock !== null) {
    const held = readOwner(server.lock);
    if (held === null) return fail(lockedBy(null, server.now(), server.id));
    const taking = mayTakeOver(held, owner, takeOver, server.now(), server.id);
    if (!taking.ok) return taking;
  }
  const mine = ownerText(owner, randomBytes(12).toString('hex'));
  server.lock = mine;
  const lost = (): Fault => lockLost(server.lock === null ? null : readOwner(server.lock), server.id);
  return ok({
    check: (call) => ask('lock check', call, () => (server.lock === mine ? ok(undefined) : fail(lost()))),
    release: (call) =>
      ask('lock release', call, () => {
        if (server.lock === mine) server.lock = null;
        return ok(undefined);
      }),
  });
}
