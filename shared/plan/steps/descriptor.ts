import type { ServerId, StepId } from '../../base/names';
import type { StepContext } from '../commands/step-context';

/** Everything a kind of step is, but for carrying it out, which the engine does (`electron/engine/deploy/steps/`). */
export interface StepDescriptor<S> {
  /** What it does to its server, in a word or two. */
  readonly label: string;
  /** What is true once it is done, in a sentence; null: nothing worth saying. */
  readonly past: Past | null;
  /** It changes a server, and does not only read, back up or prove. */
  readonly changes: boolean;
  /** What a rollback does about it: puts the earlier file back; names the backup to restore by hand; is refused. */
  readonly undo: 'puts-file-back' | 'by-hand' | 'refused' | 'nothing-to-do';
  /** Its commands in a runbook say whom it erases, right before they do. */
  readonly saysWhomItErases: boolean;
  /** True when it takes its server down for a moment: nobody can log in on it meanwhile. */
  restarts(step: S): boolean;
  /** Servers besides its own and those it erases whose data it takes or reads: they are locked as well. */
  takesDataOf(step: S): readonly ServerId[];
  /** Servers it only looks at: they must be reachable, and are not locked. */
  looksAt(step: S): readonly ServerId[];
  /** Plays it on the model of all servers; what a new file changes was played when its diff was made (`make/plan-builder.ts`). */
  play(step: S, stage: Played): void;
  /** Its commands in a runbook, with how to see that they worked and what to do if not. */
  commands(step: S, context: StepContext): string;
}

/** The model of all servers, as far as steps are played on it (`make/fleet-model.ts`). */
export interface Played {
  restart(id: ServerId): void;
  certificateAfter(id: ServerId, after: StepId, anew: boolean): void;
  takeDomain(id: ServerId, domain: string | null): void;
}

/** What steps of a kind have proved once they are done. */
export interface Past {
  /** Whether pulls were watched. */
  readonly pulls: boolean;
  /** @param servers those it was done on, at least one. */
  words(servers: readonly string[]): string;
}

/** For kinds of which nothing more is to be said. */
export const plainStep = {
  past: null,
  changes: false,
  undo: 'nothing-to-do',
  saysWhomItErases: false,
  restarts: () => false,
  takesDataOf: () => [],
  looksAt: () => [],
  play: () => undefined,
} as const;
