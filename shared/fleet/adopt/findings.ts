import type { ServerFields } from '../edit-fleet';
import type { ObservedServer } from '../../observed';
import type { Problem } from '../../problem';
import type { PartnerType } from '../../server-config/server-config';

/** How a server that is to be adopted is reached; its id comes from its host's name. */
export type Reach = Omit<ServerFields, 'id'>;

/** A server that is to be adopted, and what a probe saw of it. */
export interface SeenServer {
  readonly reach: Reach;
  readonly observed: ObservedServer;
}

/**
 * What running servers say of themselves and of each other, before anybody is asked anything. Plain data: the window
 * gets it from the engine and draws the fleet itself (`draw-fleet.ts`) once the questions are answered.
 */
export interface Findings {
  readonly servers: readonly AdoptedServer[];
  /** Every two servers of which at least one has a table for the other. */
  readonly pairs: readonly AdoptedPair[];
  /** What was found beside that. An error stands in the way of adopting. */
  readonly problems: readonly Problem[];
}

export interface AdoptedServer {
  /** As the fleet file will have it: its id, how it is reached, its origin and bind address. */
  readonly fields: ServerFields;
  readonly state: ObservedServer['state'];
  /** The running program, else the one on disk. */
  readonly version: string | null;
  readonly domain: string | null;
  readonly domainUuid: string | null;
  /** What partners dial; null: it has no `[replication]`. */
  readonly origin: string | null;
}

export interface AdoptedPair {
  readonly servers: readonly [string, string];
  /** What the first says of the second, and the second of the first; null: it has no table for the other. */
  readonly tables: readonly [AdoptedTable | null, AdoptedTable | null];
}

/** One partner table, whose partner is among the adopted. */
export interface AdoptedTable {
  /** The name it dials. */
  readonly origin: string;
  readonly type: PartnerType;
  readonly automaticRefresh: boolean;
  /** The pin is the certificate the partner shows; null: the partner shows none now. */
  readonly pinIsLive: boolean | null;
}
