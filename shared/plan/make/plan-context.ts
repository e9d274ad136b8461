import type { RuleCode } from '../../fleet/rules/registry';
import type { Fleet } from '../../fleet/model/fleet';
import type { Topology } from '../../fleet/model/topology';
import type { Origin, ServerId } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import type { Problem } from '../../base/problem';
import type { OwnerOf } from '../../fleet/model/owners';

/** What a plan is drawn up from. */
export interface PlanContext {
  readonly fleet: Fleet;
  readonly topology: Topology;
  readonly observed: ReadonlyMap<ServerId, ObservedServer>;
  /** What partners dial each server by. */
  readonly origins: ReadonlyMap<ServerId, Origin>;
  readonly ownerOf: OwnerOf;
  /** Servers to be refreshed though they are in their primary's domain, as after a restore (`kanidm.md`, "Refresh erases", 9). */
  readonly refresh: ReadonlySet<ServerId>;
  /** Servers whose pulls are to be proved though no step touches them. */
  readonly unproved: ReadonlySet<ServerId>;
  readonly problems: Problem[];
  /** Says that something about a server cannot be done now, and what to do first. @param other the server that is why. */
  readonly report: (id: ServerId, code: RuleCode, message: string, fix: string, other?: ServerId) => void;
}
