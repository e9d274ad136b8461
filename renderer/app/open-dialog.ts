import type { HistoryBound } from '../../shared/history/history';
import type { DraftHead, TypedForm } from '../../shared/ipc';
import type { Job } from '../../shared/plan/model/job';

/** The unsaved text a person agreed to lose by going on; null: nothing is lost. It is still unsaved until it is replaced. */
export type Leave = string | null;

/** What a kind of form held when Kanilink ended. */
export type TypedOf<K extends TypedForm['kind']> = Extract<TypedForm, { readonly kind: K }>;

/** The dialog that is open; there is one at a time (the engine's questions stand above it). */
export type OpenDialog =
  /** `typed`: what was typed into it before Kanilink ended; so with the others that have it. */
  | { readonly kind: 'server'; readonly id: string | null; readonly typed?: TypedOf<'server'> }
  | { readonly kind: 'remove'; readonly id: string }
  | { readonly kind: 'pair'; readonly a: string | null; readonly b: string | null }
  /** Without `job`: what the fleet file says. */
  | { readonly kind: 'review'; readonly job?: Job }
  | { readonly kind: 'adopt'; readonly leave: Leave; readonly typed?: TypedOf<'adopt'> }
  | { readonly kind: 'deploy' }
  | { readonly kind: 'answers' }
  | { readonly kind: 'behind' }
  /** How much history is kept; `changed` is called once that is something else. */
  | { readonly kind: 'bound'; readonly bound: HistoryBound; readonly changed: () => void }
  | { readonly kind: 'palette' }
  | { readonly kind: 'keys' }
  /** What an earlier start left unsaved. */
  | { readonly kind: 'draft'; readonly draft: DraftHead }
  /** Another program changed the file. */
  | { readonly kind: 'disk' }
  | { readonly kind: 'faults' }
  /** The fleet file as text; `line`: where to begin, 1-based. */
  | { readonly kind: 'text'; readonly line: number | null; readonly typed?: TypedOf<'text'> }
  | { readonly kind: 'name'; readonly typed?: TypedOf<'name'> }
  | UnsavedQuestion;

/** “Save the changes?”; `then` goes on without the text it is given. */
export interface UnsavedQuestion {
  readonly kind: 'unsaved';
  readonly then: (leave: Leave) => void;
}
