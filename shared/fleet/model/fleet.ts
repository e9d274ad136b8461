import type { DomainUuid, Origin, ServerId } from '../../base/names';
import type { ConnectedServer } from '../../connect/kinds';

/** What the operator wants: the fleet file, read (`design.md`, "The fleet file"). */
export interface Fleet {
  readonly name: string;
  /** Written after the first deploy; a primary with another one is an error. */
  readonly domainUuid: DomainUuid | null;
  readonly servers: readonly FleetServer[];
  readonly links: readonly Link[];
  /** Origins of servers taken out: their tables are removed everywhere. */
  readonly removed: readonly Origin[];
}

/** A server of the fleet, whatever way it is reached. */
export type FleetServer = ConnectedServer;

/** A link as drawn: directed, at most one per pair of servers. */
export interface Link {
  /** The side whose data wins at the first refresh. */
  readonly supplier: ServerId;
  readonly consumer: ServerId;
  /** Both ways; false: `pull` on the consumer, `allow-pull` on the supplier. */
  readonly mutual: boolean;
  /** Only ever on the consumer, only where it has this one supplier. */
  readonly automaticRefresh: boolean;
  /** The name this consumer dials for the supplier, when it is not the supplier's origin. */
  readonly supplierOrigin: Origin | null;
  /** The name the supplier dials for the consumer, likewise. */
  readonly consumerOrigin: Origin | null;
}

/** One direction of a link: a consumer fetching from a supplier. Health belongs to a pull. */
export interface Pull {
  readonly consumer: ServerId;
  readonly supplier: ServerId;
}

/** The pulls a link makes: the consumer's, and the supplier's own when it is mutual. */
export function pullsOf(link: Link): readonly Pull[] {
  const forward = { consumer: link.consumer, supplier: link.supplier };
  return link.mutual ? [forward, { consumer: link.supplier, supplier: link.consumer }] : [forward];
}

/** `idm-a → idm-b`: a link in words. */
export const describeLink = (link: { supplier: string; consumer: string }): string =>
  `${link.supplier} → ${link.consumer}`;

/** `idm-b ← idm-a`: a pull in words. */
export const describePull = (pull: { consumer: string; supplier: string }): string =>
  `${pull.consumer} ← ${pull.supplier}`;
