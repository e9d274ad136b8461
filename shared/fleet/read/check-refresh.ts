import type { FleetFileProblem } from './fleet-file-problem';
import { joinNames } from '../../base/join-names';
import type { FleetSchema } from './schema';

/** Rules of a fleet file about where a server's data comes from. */

/** A chosen source is one of the server's suppliers. */
export function refreshSources(fleet: FleetSchema): FleetFileProblem[] {
  const suppliersOf = gather(fleet.link.map((link) => [link.consumer, link.supplier]));
  return fleet.server.flatMap((server, position): FleetFileProblem[] => {
    const from = server.refresh_from;
    if (from === null) return [];
    const suppliers = suppliersOf.get(server.id) ?? new Set();
    if (suppliers.has(from)) return [];
    return [
      {
        code: 'fleet-refresh-from-no-supplier',
        server: server.id,
        message: `${server.id} is to be refreshed from ${from}, but no link has ${from} as its supplier`,
        fix:
          suppliers.size === 0
            ? 'Remove refresh_from.'
            : `Use ${joinNames(suppliers, ' or ')}, or remove refresh_from.`,
        path: ['server', position, 'refresh_from'],
      },
    ];
  });
}

/**
 * `automatic_refresh` makes a server ask every supplier it has, and the first to answer wins (`kanidm.md`, "Refresh
 * erases", rule 2). Mutual links count from both ends.
 */
export function automaticRefresh(fleet: FleetSchema): FleetFileProblem[] {
  const suppliersOf = gather(
    fleet.link.flatMap(({ supplier, consumer, mutual }): [string, string][] => [
      [consumer, supplier],
      ...(mutual ? [[supplier, consumer] as [string, string]] : []),
    ]),
  );
  return fleet.link.flatMap((link, position): FleetFileProblem[] => {
    if (!link.automatic_refresh) return [];
    const suppliers = suppliersOf.get(link.consumer) ?? new Set();
    if (suppliers.size < 2) return [];
    return [
      {
        code: 'fleet-automatic-refresh-several-suppliers',
        server: link.consumer,
        message:
          `${link.consumer} may not refresh itself: it pulls from ${joinNames(suppliers, ' and ')}, ` +
          'and Kanidm takes the data of whichever answers first',
        fix: 'Remove automatic_refresh from this link; Kanilink then runs the refresh from the one right source.',
        path: ['link', position, 'automatic_refresh'],
      },
    ];
  });
}

/** What belongs to each key. */
function gather(pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = new Map<string, Set<string>>();
  for (const [key, value] of pairs) {
    const group = groups.get(key);
    if (group) group.add(value);
    else groups.set(key, new Set([value]));
  }
  return groups;
}
