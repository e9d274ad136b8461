import type { StatusServer } from '../../observed/status';
import type { FleetServer, Link } from '../model/fleet';

/*
 * Three layers, never mixed (`design.md`, "Observed, drawn, difference"): *observed* is what runs, *drawn* is the fleet
 * file, *difference* is what a deploy would do. What was not read is not known, never "none".
 */

/** What is known of a server's own configuration. */
export interface Reading {
  /** The newest reading in which its server.toml was read, however old; null: there was none. */
  readonly last: StatusServer | null;
  /** Why that is not known to be so now; null: it is. */
  readonly notKnown: string | null;
}

/** One thing that a deploy would make another: `both ways → one way, to idm-b`. */
export interface Change {
  /** What it is of; empty: the link itself. */
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

/**
 * What a deploy would do. `same`: nothing. `new`: it is drawn and does not run. `removed`: it runs and is not drawn.
 * `kept`: likewise, and a deploy leaves it, for the server at its other end is not listed as removed. `not-known`: a server
 * it needs was not read.
 */
export interface Difference {
  readonly kind: 'same' | 'new' | 'changed' | 'removed' | 'kept' | 'not-known';
  /** Of `changed`. */
  readonly changes: readonly Change[];
  /** The servers of which it is not known. */
  readonly notRead: readonly string[];
}

/** One direction of a link. */
export interface LayerPull {
  readonly consumer: string;
  readonly supplier: string;
  readonly drawn: boolean;
  /** Its consumer has a table for it; null: not known. */
  readonly runs: boolean | null;
}

/** A link in all three layers. */
export interface LayerLink {
  readonly supplier: string;
  readonly consumer: string;
  /** Null: it is not in the drawing. */
  readonly drawn: Link | null;
  /** What runs, in words: `both ways`; null: nothing does, or it is not known. */
  readonly observed: string | null;
  readonly difference: Difference;
  /** The pulls that are drawn, and those that run. */
  readonly pulls: readonly LayerPull[];
}

/** A partner of a server that the fleet does not know: a deploy keeps its table. */
export interface Stranger {
  readonly server: string;
  readonly origin: string;
}

/** A server in all three layers. */
export interface LayerServer {
  /** Its id; of one of which nothing but its origin is known: that. */
  readonly id: string;
  /** Null: it is not in the drawing. */
  readonly drawn: FleetServer | null;
  /** How it was drawn, of one that is not any more; null: it is drawn, or nothing but its origin is known. */
  readonly was: FleetServer | null;
  readonly reading: Reading;
  readonly difference: Difference;
  readonly strangers: readonly Stranger[];
}

/** The fleet in all three layers. Everything that the window says of servers and links follows from it. */
export interface Layers {
  /** The drawn ones in the drawing's order, then those that were taken out of it and have a table on a drawn one still. */
  readonly servers: readonly LayerServer[];
  /** The drawn ones in the drawing's order, then those that only run. */
  readonly links: readonly LayerLink[];
  /** Drawn servers that are not known now, in the fleet's order. */
  readonly notRead: readonly string[];
}

export const SAME: Difference = { kind: 'same', changes: [], notRead: [] };

/** `both ways → one way, to idm-b`, `automatic refresh: off → on`. */
export const describeChange = ({ what, from, to }: Change): string =>
  what === '' ? `${from} → ${to}` : `${what}: ${from} → ${to}`;
