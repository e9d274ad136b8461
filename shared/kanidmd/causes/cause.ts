import type { Ability } from '../../versions/rows';
import type { CauseRemedy, Trouble } from '../health';

/**
 * A piece of one of kanidmd's messages, and the versions that print it (`shared/versions/rows.ts`), as read in its source at each tag and seen in the
 * recordings. A version that is left out is open at that end.
 */
export interface Phrase {
  readonly says: RegExp;
  /** Printed from the version on that has this. */
  readonly since?: Ability;
  /** Printed until the version that has this. */
  readonly before?: Ability;
}

/** What to do about words of a round that nobody knows. */
export const READ_BOTH_ENDS = 'Read the lines of this round at both ends.';

/** What some phrases mean, in words for the person. */
export interface Cause {
  /** Stable, kebab-case; `Trouble.code`. */
  readonly code: string;
  readonly phrases: readonly Phrase[];
  readonly health: Trouble['health'];
  /** One sentence. Of a cause that a supplier states, the supplier is "it". */
  readonly cause: string;
  /** What to do. It never names a server to erase that the phrase does not prove to be the stale one. */
  readonly fix: string;
  /** What a button can do about it, where that is certain. */
  readonly remedy?: CauseRemedy;
  /** What does not work from this line on until the process is started again or says otherwise. */
  readonly stops?: 'rounds' | 'listener' | 'both';
}

/** A phrase that every version since replication began prints. */
export const always = (says: RegExp): Phrase => ({ says });
