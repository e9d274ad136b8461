import { kindOf } from '../../connect/kinds';
import type { Fleet, FleetServer } from '../model/fleet';

/**
 * The servers that were taken out of a drawing: those before this change that are in the drawing neither by their id nor by
 * how they are reached (a server that got another id was not taken out). One whose origin the drawing did not know gets the
 * one that was listed as removed with it.
 *
 * @param before the drawing before the change; null: it could not be read
 * @param after the drawing now; null: it cannot be read, and who left it is not known
 * @param left who had left it before
 */
export function leftOf(
  before: Fleet | null,
  after: Fleet | null,
  left: readonly FleetServer[],
): readonly FleetServer[] {
  if (after === null) return left;
  const ids = new Set(after.servers.map(({ id }) => id));
  const reached = new Set(after.servers.map(identityOf));
  const known = new Set(before?.removed);
  const listed = after.removed.filter((origin) => !known.has(origin));
  const isGone = (server: FleetServer): boolean => !ids.has(server.id) && !reached.has(identityOf(server));
  const gone = (before?.servers ?? []).filter(isGone);
  const named = gone.map((server) => {
    const origin = server.origin ?? (gone.length === 1 ? (listed[0] ?? null) : null);
    return { ...server, origin };
  });
  const now = new Set(named.map(({ id }) => id));
  return [...left.filter((server) => isGone(server) && !now.has(server.id)), ...named];
}

const identityOf = (server: FleetServer): string => kindOf(server).identity(server);
