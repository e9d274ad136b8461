import type { Fault } from '../base/result';
import type { Lost } from './judge-ruv';
import type { ReadChanges } from './known-changes';
import type { LeftOut } from './restarted';
import type { RuvReport } from './ruv';

/** What looks at the RUVs of a fleet found, kept across starts, by servers' ids. Nothing of it fails. */
export interface RuvMemory {
  /** What is told without a look. Null: it cannot be read now. */
  recall(): Promise<Recalled | null>;
  /** All that is remembered; null: it cannot be read now. */
  before(): Promise<Remembered | null>;
  /** Keeps that a look began: whatever becomes of it, the next one keeps its distance. */
  began(servers: readonly string[]): void;
  /** Keeps what a look found. @param over servers for whom it is over */
  keep(
    looked: Kept & { readonly report: RuvReport; readonly leftOut: ReadonlyMap<string, Fault> },
    over: readonly string[],
  ): void;
}

interface Kept {
  readonly lost: ReadonlyMap<string, Lost>;
  /** What each knew when it was read; kept is what it had made itself. */
  readonly known: ReadonlyMap<string, ReadChanges>;
  /** Why servers refused that a person has to allow it first. */
  readonly refused: ReadonlyMap<string, Fault>;
}

/** What is told of a fleet without a look, by servers' ids; times are milliseconds since the epoch, our clock. */
export interface Recalled extends Pick<Remembered, 'lookedAt'> {
  /** Who was found to be restored to an older copy, and nobody has proved that it is over. */
  readonly lost: ReadonlyMap<string, Lost>;
  /** Whose RUV was not read at the last look, as nobody had asked. */
  readonly leftOut: ReadonlyMap<string, LeftOut>;
  /** When each was read last. */
  readonly readAt: ReadonlyMap<string, number>;
  /** When each was watched first, as far back as the history is kept. */
  readonly seenSince: ReadonlyMap<string, number>;
}

export const NOTHING_RECALLED: Recalled = {
  ...{ lost: new Map(), lookedAt: null, leftOut: new Map(), readAt: new Map(), seenSince: new Map() },
};

/** What is remembered of a fleet. */
export interface Remembered extends Kept {
  /** When a look at one of its servers began last, or brought something, milliseconds since the epoch, our clock; null: none was. */
  readonly lookedAt: number | null;
}
