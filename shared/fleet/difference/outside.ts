import { sameOrigin } from '../../base/origin';
import type { ServerId } from '../../base/names';
import type { ReportedPartner } from '../../observed/reported-replication';
import type { Fleet, FleetServer } from '../model/fleet';
import type { LayerLink, Reading } from './difference';
import { undrawnLink } from './link-difference';

/** Of a server that is in no drawing and was never asked. */
const NOT_ASKED: Reading = {
  last: null,
  notKnown: 'It is not in the fleet file, so nobody asks it: what is known is what its partners have of it.',
};

/** A server that was taken out of the drawing, and for which a drawn one has a table still. */
export interface Outside {
  /** Its id; while nothing but its origin is known: that. */
  readonly id: string;
  /** How it was drawn; null: nothing but its origin is known. */
  readonly was: FleetServer | null;
  /** What was read of it. */
  readonly reading: Reading;
  /** Is a table the one a server has for it? */
  readonly isOf: (table: ReportedPartner) => boolean;
  /** Each with a drawn server. Between two that were taken out a deploy does nothing. */
  readonly links: readonly LayerLink[];
}

/**
 * The servers that were taken out and run on: those that left the drawing, and those that are listed as removed, as long as
 * a drawn server has a table for them. A server that nobody has a table for any more is gone.
 */
export function outsideOf(
  fleet: Fleet,
  readings: ReadonlyMap<ServerId, Reading>,
  left: readonly FleetServer[],
  known: ReadonlyMap<string, Reading>,
): readonly Outside[] {
  const members = new Set<string>(fleet.servers.map(({ id }) => id));
  const isMember = ({ server }: ReportedPartner): boolean => server !== null && members.has(server);
  const named = left.map((was): Candidate => {
    const reading = known.get(was.id) ?? NOT_ASKED;
    const names = [was.origin, reading.last?.runsWith?.origin].filter((it) => typeof it === 'string');
    return {
      ...{ id: was.id, was, reading },
      isOf: (table) =>
        !isMember(table) &&
        (table.server === was.id || names.some((origin) => sameOrigin(origin, table.origin))),
    };
  });
  const listed = fleet.removed.map((origin): Candidate => ({
    ...{ id: origin, was: null, reading: NOT_ASKED },
    isOf: (table) =>
      !isMember(table) && sameOrigin(origin, table.origin) && !named.some((one) => one.isOf(table)),
  }));
  return [...named, ...listed].flatMap((one) => {
    const links = linksTo(one, fleet, readings);
    return links.length === 0 ? [] : [{ ...one, links }];
  });
}

type Candidate = Omit<Outside, 'links'>;

function linksTo(
  { id, isOf, reading }: Candidate,
  fleet: Fleet,
  readings: ReadonlyMap<ServerId, Reading>,
): readonly LayerLink[] {
  return [...readings].flatMap(([member, { last, notKnown }]) => {
    const table = last?.runsWith?.partners.find(isOf);
    if (table === undefined) return [];
    const theirs = reading.last?.runsWith?.partners.find(({ server }) => server === member) ?? null;
    const isListed = fleet.removed.some((origin) => sameOrigin(origin, table.origin));
    return [
      undrawnLink(
        { server: member, partner: id, table, isRead: notKnown === null },
        { server: id, partner: member, table: theirs, isRead: reading.notKnown === null },
        {
          kind: isListed ? 'removed' : 'kept',
          changes: [],
          // A deploy does nothing to the server itself: that it is not read hides nothing.
          notRead: notKnown === null ? [] : [member],
        },
      ),
    ];
  });
}
