import type { FleetEvent } from '../../../shared/events/fleet-event';
import type { FleetGlance } from '../../../shared/history/history';
import type { Lost } from '../../../shared/ruv/judge-ruv';
import type { Fault } from '../../../shared/base/result';

/** What is written of a fleet. Times are milliseconds since the epoch, our clock, unless said. */

/** A server (`supplier` is empty) or a pull of a fleet. */
export interface Subject {
  readonly fleet: string;
  readonly consumer: string;
  readonly supplier: string;
}

/** A stretch in which a subject was watched and one thing was said of it. It grows while that goes on. */
export interface Stretch {
  readonly subject: Subject;
  /** It is about HTTPS and logins; absent: about whether it runs, or replicates. */
  readonly what?: 'logins';
  readonly since: number;
  until: number;
  readonly word: string;
  readonly cause: string;
  /** Where it is in the file, and in which opening of it. */
  row: { readonly id: number; readonly epoch: number } | null;
}

export interface RoundEntry {
  readonly kind: 'round';
  readonly subject: Subject;
  readonly at: number;
  /** By the server's clock. */
  readonly wrote: number;
  readonly tookMs: number | null;
  readonly good: boolean;
  readonly refresh: boolean;
}

/** kanidmd started on a server. */
export interface StartEntry {
  readonly kind: 'start';
  readonly subject: Subject;
  readonly at: number;
}

/** How far a consumer was behind when RUVs were read. What was not read is no entry. */
export interface LagEntry {
  readonly kind: 'lag';
  readonly subject: Subject;
  readonly at: number;
  readonly changes: number;
  readonly seconds: number;
}

/** A server was found, or found again, to be restored to an older copy. */
export interface LostEntry {
  readonly kind: 'lost';
  readonly fleet: string;
  readonly server: string;
  readonly lost: Lost;
}

/** It was read, and that is over. */
export interface OverEntry {
  readonly kind: 'over';
  readonly fleet: string;
  readonly server: string;
  readonly at: number;
}

/** What a look at a server's RUV brought: what it knew, as `packed` of `ruv-rows.ts` has it, when, or why it was
 * not read. Null: it began. */
export interface RuvEntry {
  readonly kind: 'ruv';
  readonly fleet: string;
  readonly server: string;
  readonly at: number;
  readonly brought: { readonly known?: string; readonly readAt?: number; readonly refused?: Fault } | null;
}

/** Something that happened, as a watch noticed it. */
export interface EventEntry {
  readonly kind: 'event';
  /** The path of the fleet file. */
  readonly fleet: string;
  readonly event: FleetEvent;
  /** Which watch noticed it: another one of the same fleet notices it too. */
  readonly watch: string;
}

export type Entry =
  | EventEntry
  | RoundEntry
  | StartEntry
  | LagEntry
  | LostEntry
  | OverEntry
  | RuvEntry
  | { readonly kind: 'seen'; readonly stretch: Stretch }
  | { readonly kind: 'fleet'; readonly glance: FleetGlance };
