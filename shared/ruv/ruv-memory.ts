import type { Lost } from './judge-ruv';
import type { RuvReport } from './ruv';

/** Who was found to be restored to an older copy, kept across starts. Nothing of it fails. */
export interface RuvMemory {
  /** By servers' ids: those of whom nobody has proved that it is over. Null: it cannot be read now. */
  recall(): Promise<ReadonlyMap<string, Lost> | null>;
  /** Keeps what a look found. @param over servers for whom it is over */
  keep(
    looked: { readonly lost: ReadonlyMap<string, Lost>; readonly report: RuvReport },
    over: readonly string[],
  ): void;
}
