import type { ServiceState } from '../../../../../shared/observed/observed';
import type { Result } from '../../../../../shared/base/result';
import type { ConfigTest, LockOwner, Output, TakeOver } from '../../connection';
import { makeOrAccept } from '../files/backup-folder';
import type { UnitFacts } from './facts';
import type { RunOptions } from '../session/run';
import type { ServerFiles } from '../files/files';
import { runKanidmd } from './kanidmd';
import type { HeldLock } from '../../common/lock-all';
import { takeLock } from './lock';
import type { Machine } from '../machine/machine';
import { makeScratch, type ScratchFolder, orphanedScratch } from '../files/scratch';
import { changeService } from './service';
import { testConfig } from './test-config';

/** What is known of a unit before kanidmd is run by its means. */
export type KnownUnit = Pick<UnitFacts, 'configPath' | 'overrides'>;

/** What is done on a server, no matter who does it: programs run by root and by the folders' owners, or a helper for one server. */
export interface Hands {
  readonly files: ServerFiles;
  /** @param unit the server's own configuration, added below, and its environment. */
  kanidmd(
    args: readonly string[],
    unit: KnownUnit,
    signal: AbortSignal,
    options?: RunOptions,
  ): Promise<Result<Output>>;
  testConfig(unit: KnownUnit, bytes: Uint8Array, signal: AbortSignal): Promise<Result<ConfigTest>>;
  makeFolder(path: string, mode: number, signal: AbortSignal): Promise<Result<void>>;
  makeScratch(parent: string, signal: AbortSignal): Promise<Result<ScratchFolder>>;
  orphanedScratch(path: string, signal: AbortSignal): Promise<Result<ScratchFolder>>;
  takeLock(owner: LockOwner, takeOver: TakeOver, signal: AbortSignal): Promise<Result<HeldLock>>;
  changeService(verb: 'start' | 'stop' | 'restart', signal: AbortSignal): Promise<Result<ServiceState>>;
}

/** The login's own, with what sudo gives it. */
export const ownHands = (machine: Machine, files: ServerFiles, program: string): Hands => ({
  files,
  kanidmd: (args, { configPath, overrides }, signal, options) =>
    runKanidmd(machine, program, args, configPath, signal, null, overrides, options),
  testConfig: ({ configPath, overrides }, bytes, signal) =>
    testConfig(machine, program, configPath, bytes, signal, overrides),
  makeFolder: (path, mode, signal) => makeOrAccept(machine, path, mode, signal),
  makeScratch: (parent, signal) => makeScratch(machine, parent, signal),
  orphanedScratch: (path, signal) => orphanedScratch(machine, path, signal),
  takeLock: (owner, takeOver, signal) => takeLock(machine, owner, takeOver, signal),
  changeService: (verb, signal) => changeService(machine, verb, signal),
});
