import type { Fleet } from '../fleet/fleet';
import type { Topology } from '../fleet/topology';
import type { Origin, ServerId } from '../names';
import type { ObservedServer } from '../observed';
import type { Problem } from '../problem';
import type { OwnerOf } from './owners';

/** What a plan is drawn up from. */
export interface Known {
  readonly fleet: Fleet;
  readonly topology: Topology;
  readonly observed: ReadonlyMap<ServerId, ObservedServer>;
  /** What partners dial each server by. */
  readonly origins: ReadonlyMap<ServerId, Origin>;
  readonly ownerOf: OwnerOf;
  /** Servers to be refreshed though they are in their primary's domain, as after a restore (`kanidm.md`, rule 9). */
  readonly refresh: ReadonlySet<ServerId>;
  /** Servers whose pulls are to be proved though no step touches them. */
  readonly unproved: ReadonlySet<ServerId>;
  readonly problems: Problem[];
  /** Says that something about a server cannot be done now, and what to do first. */
  readonly report: (id: ServerId, code: string, message: string, fix: string) => void;
}
