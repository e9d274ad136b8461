import type { Fault } from '../base/result';
import type { Lost } from './judge-ruv';
import type { ReadChanges } from './known-changes';
import type { RuvReport } from './ruv';

/** What looks at the RUVs of a fleet found, kept across starts, by servers' ids. Nothing of it fails. */
export interface RuvMemory {
  /** Who was found to be restored to an older copy, and nobody has proved that it is over. Null: it cannot be read now. */
  recall(): Promise<Pick<Remembered, 'lost' | 'lookedAt'> | null>;
  /** All that is remembered; null: it cannot be read now. */
  before(): Promise<Remembered | null>;
  /** Keeps that a look began: whatever becomes of it, the next one keeps its distance. */
  began(servers: readonly string[]): void;
  /** Keeps what a look found. @param over servers for whom it is over */
  keep(looked: Kept & { readonly report: RuvReport }, over: readonly string[]): void;
}

interface Kept {
  readonly lost: ReadonlyMap<string, Lost>;
  /** What each knew when it was read; kept is what it had made itself. */
  readonly known: ReadonlyMap<string, ReadChanges>;
  /** Why servers refused that a person has to allow it first. */
  readonly refused: ReadonlyMap<string, Fault>;
}

/** What is remembered of a fleet. */
export interface Remembered extends Kept {
  /** When a look at one of its servers began last, or brought something, milliseconds since the epoch, our clock; null: none was. */
  readonly lookedAt: number | null;
}
