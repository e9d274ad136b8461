import type { Readable } from 'node:stream';
import type { Children } from '../children';
import type { Fence } from '../fence';
import type { Journal } from '../journal';
import type { KanidmdProgram } from '../kanidmd-program';
import type { MachineClock } from '../machine-clock';
import type { Unit } from '../unit';

/** What a command on a machine can reach. */
export interface MachineParts {
  readonly fence: Fence;
  readonly unit: Unit;
  readonly journal: Journal;
  readonly clock: MachineClock;
  readonly kanidmd: KanidmdProgram;
  readonly children: Children;
  /** `denied`: sudo asks for a password, and `sudo -n` therefore fails. */
  readonly sudo: 'allowed' | 'denied';
}

/** One command being run. `out` and `err` resolve when the bytes were taken, or when the client has gone. */
export interface Invocation {
  readonly args: readonly string[];
  readonly stdin: Readable;
  out(bytes: string | Buffer): Promise<void>;
  err(bytes: string | Buffer): Promise<void>;
  /** Aborted when the channel closes or the client disconnects. */
  readonly signal: AbortSignal;
}

/** How a command ended: an exit status, or the signal that killed it. */
export type Exit = { readonly code: number } | { readonly signal: string };

export type Command = (invocation: Invocation, machine: MachineParts) => Promise<Exit>;

/** Prints to stderr and ends with `code`. */
export async function fail(invocation: Invocation, code: number, message: string): Promise<Exit> {
  await invocation.err(`${message}\n`);
  return { code };
}
