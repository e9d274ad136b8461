import type { Fleet, Link } from '../../shared/fleet/model/fleet';
import { readTopology } from '../../shared/fleet/model/topology';
import { list } from '../base/words';

/** Whether a link may carry automatic refresh, and why. */
export interface Rule {
  readonly allowed: boolean;
  readonly reason: string;
}

/**
 * `automatic_refresh` belongs to the server, not the link: it asks every supplier the server has and takes the first to
 * answer (`kanidm.md`, "Refresh erases", 2). So it is allowed only where the consumer has this one supplier.
 */
export function automaticRefreshRule(
  fleet: Fleet,
  link: Pick<Link, 'supplier' | 'consumer' | 'mutual'>,
): Rule {
  const others = fleet.links.filter((one) => !(joins(one, link.supplier) && joins(one, link.consumer)));
  const drawn: Link = { ...link, automaticRefresh: false, supplierOrigin: null, consumerOrigin: null };
  const topology = readTopology({ ...fleet, links: [...others, drawn] });
  const suppliers = topology.suppliersOf(link.consumer);
  if (suppliers.length > 1)
    return {
      allowed: false,
      reason: `${link.consumer} pulls from ${list(suppliers)}: it would take the data of whichever answers first.`,
    };
  return {
    allowed: true,
    reason: `${link.consumer} replaces its own database with ${link.supplier}’s whenever it finds itself in another domain, after any restart.`,
  };
}

const joins = (link: Pick<Link, 'supplier' | 'consumer'>, id: string): boolean =>
  link.supplier === id || link.consumer === id;
