import { partnerNames } from '../../kanidmd/partner-names';
import type { Problem } from '../../base/problem';
import { type Partner, partnersOf, pulls } from '../../server-config/server-config';
import { joinNames } from '../../base/join-names';
import { ruleProblems, type Words } from './words';
import { keptTables } from './kept-tables';
import { refreshesFromSeveral, takesWhichever } from '../../server-config/automatic-refresh';
import type { FleetView } from './view';

/** Rules about the partner tables that servers have in their files today. */
export const words = {
  'unknown-partner': {
    severity: 'warning',
    what: 'a server has a table for a partner that is not in the fleet.',
    why: 'it is kept, and a refresh could take its data.',
    fix: 'add that server, or list its origin under `[[removed]]`.',
    from: 'design',
    source: 'design.md, "The fleet file": kept and shown as drift',
  },
  'automatic-refresh-several-suppliers': {
    severity: 'warning',
    remedy: 'deploy',
    what: 'a server’s file lets it refresh itself, and it has several suppliers.',
    why: 'it would take the data of whichever answers first.',
    fix: 'deploy: it switches the flag off first. Do not restart the server before.',
    from: 'measured',
    source: 'kanidm.md, "Refresh erases", 2',
  },
  'automatic-refresh-on-primary': {
    severity: 'warning',
    remedy: 'deploy',
    what: 'the primary’s own file lets it refresh itself.',
    why: 'its data is to win, and would be replaced.',
    fix: 'deploy: it switches the flag off first.',
    from: 'Kanidm’s source',
    source: 'kanidm.md, "Refresh erases", 2: never on the primary',
  },
  'partner-name-not-found': {
    severity: 'warning',
    what: 'by its log, a server cannot resolve a partner’s name.',
    why: 'it ignores a stop until it is killed, and a renewal of its certificate never ends.',
    fix: 'fix DNS.',
    from: 'measured',
    source: 'kanidm.md, "Rules to check": resolvable partner names',
  },
} as const satisfies Words;

const ruleProblem = ruleProblems(words);

/** All rules of this file. */
export const check = (view: FleetView): readonly Problem[] =>
  [automaticRefreshInFiles, automaticRefreshOnPrimary, unknownPartners, unresolvedNames].flatMap((rule) =>
    rule(view),
  );

/**
 * A flagged table makes a server ask every supplier it has (`kanidm.md`, "Refresh erases", 2). A warning and not an
 * error: the deploy's first step is to switch it off.
 */
function automaticRefreshInFiles({ servers }: FleetView): readonly Problem[] {
  return servers.flatMap(({ wanted: { id }, observed }) => {
    const suppliers = refreshesFromSeveral(observed.config);
    if (suppliers === 0) return [];
    return [
      ruleProblem(
        'automatic-refresh-several-suppliers',
        id,
        takesWhichever(id, suppliers),
        'Deploy: it switches automatic_refresh off first. Do not restart the server before.',
      ),
    ];
  });
}

/**
 * The primary's data wins, so nothing may ever replace it: a flag in its file would, as soon as it lags (`kanidm.md`,
 * "Refresh erases", 2). A warning, for the deploy switches it off first.
 */
function automaticRefreshOnPrimary({ topology, byId }: FleetView): readonly Problem[] {
  return topology.primaries.flatMap((id) => {
    const partners = partnersOf(byId.get(id)?.observed.config);
    const flagged = partners.find((partner) => partner.automaticRefresh && pulls(partner.type));
    if (flagged === undefined) return [];
    return [
      ruleProblem(
        'automatic-refresh-on-primary',
        id,
        `${id} is the primary, and its server.toml lets it refresh itself from ${flagged.origin}: it would replace the data that is to win.`,
        'Deploy: it switches automatic_refresh off first. Do not restart the server before.',
      ),
    ];
  });
}

/** Tables for partners the fleet does not know: kept, and said. */
function unknownPartners(view: FleetView): readonly Problem[] {
  return keptTables(view).map(({ id, partner }) => unknownPartner(id, partner));
}

/** A table for a partner the fleet does not know. */
export const unknownPartner = (id: string, partner: Pick<Partner, 'origin' | 'type'>): Problem =>
  ruleProblem(
    'unknown-partner',
    id,
    `${id} replicates with ${partner.origin} (${partner.type}), which is not in the fleet. It is kept.`,
    'Add that server, or list its origin under [[removed]] to have the table taken out.',
  );

/**
 * Partners whose names a server cannot resolve, by its own log. Such a server ignores a stop until it is killed, and a
 * renewal of its certificate never ends (`kanidm.md`, "Rules to check").
 */
function unresolvedNames({ servers }: FleetView): readonly Problem[] {
  return servers.flatMap(({ wanted: { id }, observed: { log, config } }) => {
    if (log === null || !log.troubles.some((trouble) => trouble.code === 'name-not-found')) return [];
    const lost = partnerNames(log, partnersOf(config)).filter((it) => it.resolves === 'no');
    if (lost.length === 0) return [];
    return [
      ruleProblem(
        'partner-name-not-found',
        id,
        `${id} cannot resolve ${joinNames(lost.map((it) => it.origin))}. It will take long to stop, and its certificate cannot be renewed meanwhile.`,
        `Fix DNS on ${id}, or the origin of that partner.`,
      ),
    ];
  });
}
