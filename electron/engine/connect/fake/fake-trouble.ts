import type { Fault } from '../../../../shared/base/result';

/** What goes wrong with a call. */
export type Mishap =
  /** It fails at once; nothing was done. */
  | { readonly fails: Fault }
  /** No answer comes; nothing is done. It ends with its limit, by the caller, or when the connection is cut. */
  | { readonly hangs: true }
  /** The connection is lost before or after the server has done what was asked. */
  | { readonly lost: 'before' | 'after' }
  /** The answer takes this long. Milliseconds. */
  | { readonly slow: number }
  /** Instead of running, a command prints this. */
  | { readonly says: string }
  /** The program that asks is killed before or after the server has done what was asked. */
  | { readonly killed: 'before' | 'after' };

/**
 * Decides what goes wrong, by what is asked, as it stands in `FakeServer.asked`; null: the call goes through. It is called
 * right before the server does anything, so it is also where somebody else does something between two steps.
 */
export type Trouble = (asked: string) => Mishap | null;

/** The program that drove a server is gone: everything it still asks ends with this. */
export class Killed extends Error {
  constructor() {
    super('killed');
  }
}
