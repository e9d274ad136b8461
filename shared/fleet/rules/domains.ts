import type { DomainUuid, ServerId } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { holdsDatabase, runsWith, willRunWith } from '../../observed/observed-config';
import type { Problem } from '../../base/problem';
import { joinNames } from '../../base/join-names';
import { originLiesOutside } from '../../server-config/origin-in-domain';
import { ruleProblems, type Words } from './words';
import type { FleetView } from './view';

/** Rules about whose data the servers hold (`kanidm.md`, "Refresh erases", 4). */
export const words = {
  'domain-names-differ': {
    severity: 'warning',
    what: 'a server is set up for another domain than its primary.',
    why: 'passkeys and tokens belong to one name.',
    fix: 'write the primary’s.',
    from: 'Kanidm',
    source: 'kanidm.md, "Rules to check": same domain on every node',
  },
  'https-origin-outside-domain': {
    severity: 'warning',
    what: 'the HTTPS origin is neither the domain nor below it.',
    why: 'kanidmd refuses to start, or passkeys fail.',
    fix: 'write an origin in the domain.',
    from: 'Kanidm',
    source: 'kanidm.md, "Rules to check": HTTPS origin equal or below it',
  },
  'origin-outside-database': {
    severity: 'error',
    what: 'the HTTPS origin that a server would start with lies outside the domain of its database, or of the one that it is to take.',
    why: 'kanidmd goes by the database, whatever the file calls the domain, and does not start.',
    fix: 'write an origin within that domain. A server of another domain name is renamed first (`kanidmd domain rename`), or begins with an empty database of the primary’s.',
    from: 'read in Kanidm’s source',
    source: 'kanidm.md, "Where the database lies"',
  },
  'database-not-there': {
    severity: 'error',
    what: 'the database that a server would open at its next start is not there, though it holds one now.',
    why: 'kanidmd makes an empty one then, and the rest of the fleet may take that for the data that wins. Without `db_path` it does not start at all.',
    fix: 'write the `db_path` it had, or move the database to where it is looked for while the server is stopped.',
    from: 'Kanilink’s promise: never lose a database you did not name',
    source: 'kanidm.md, "Where the database lies"',
  },
  'primary-looks-new': {
    severity: 'error',
    what: 'the primary is not in the domain the fleet belongs to.',
    why: 'a primary that was reborn empty would empty everyone.',
    fix: 'make a server that still has the data the primary.',
    from: 'Kanilink’s promise: never lose a database you did not name',
    source: 'kanidm.md, "Refresh erases", 4',
  },
  'primary-outvoted': {
    severity: 'error',
    what: 'the others agree on a domain, and the primary is in another.',
    why: 'it looks reborn, and would empty the others.',
    fix: 'as the message says.',
    from: 'Kanilink’s promise: never lose a database you did not name',
    source: 'kanidm.md, "Refresh erases", 4',
  },
} as const satisfies Words;

const ruleProblem = ruleProblems(words);

/** All rules of this file. */
export const check = (view: FleetView): readonly Problem[] =>
  [databases, origins, primaryLooksNew, primaryOutvoted, domainNames, httpsOrigins].flatMap((rule) =>
    rule(view),
  );

/** Its next start opens the database it holds. */
const databases = ({ servers }: FleetView): readonly Problem[] =>
  servers.flatMap(({ wanted: { id }, observed }) => {
    const gone = whyNoDatabase(observed);
    return gone === null ? [] : [ruleProblem('database-not-there', id, gone.message, gone.fix)];
  });

/** Why the next start of a server would not open the database it holds, as far as was looked; null: nothing says so. */
export function whyNoDatabase(observed: ObservedServer): Explained | null {
  const config = willRunWith(observed);
  if (config === null || !holdsDatabase(observed.domain?.uuid ?? null, config)) return null;
  return config.dbPath === null || observed.databaseFile === 'missing'
    ? databaseGone(observed.id, config.dbPath)
    : null;
}

interface Explained {
  readonly message: string;
  readonly fix: string;
}

/** A server whose database is not where it will be looked for. @param path `db_path`; null: there is none. */
export const databaseGone = (id: ServerId, path: string | null): Explained => ({
  message:
    path === null
      ? `${id} would not start: its server.toml has no db_path, and kanidmd refuses to run without one.`
      : `${id} would start with the database ${path}, and there is none: kanidmd would make an empty one.`,
  fix:
    path === null
      ? `Write the db_path that ${id} had into its server.toml.`
      : `Write the db_path that ${id} had into its server.toml, or, while it is stopped, move its database there. To begin with an empty one, start it by hand.`,
});

/** The origin lies in the domain of the database, now and after a refresh. */
const origins = ({ servers, topology, byId }: FleetView): readonly Problem[] =>
  servers.flatMap(({ wanted: { id }, observed }) => {
    const primary = topology.primaryOf(id);
    const source = primary === null || primary === id ? null : (byId.get(primary)?.observed.domain ?? null);
    const taken = source !== null && source.uuid !== observed.domain?.uuid ? source : null;
    const outside =
      whyOriginOutside(observed) ??
      (taken === null || observed.domain === null
        ? null
        : originOutside(id, willRunWith(observed)?.origin ?? null, taken.name, primary));
    return outside === null ? [] : [ruleProblem('origin-outside-database', id, outside.message, outside.fix)];
  });

/** Why a server would not start again with its own database; null: nothing says so. */
export const whyOriginOutside = (observed: ObservedServer): Explained | null =>
  observed.domain === null
    ? null
    : originOutside(observed.id, willRunWith(observed)?.origin ?? null, observed.domain.name, null);

/**
 * kanidmd starts only if its origin is the domain of its database or below it, whatever the file calls the domain (source
 * 1.2.0, 1.6.4, 1.8.6, 1.10.5).
 * @param origin the HTTPS origin it starts with; null: not known.
 * @param source whose database it has by then; null: its own.
 * @returns null when it lies within, or is not one that can be judged.
 */
export function originOutside(
  id: ServerId,
  origin: string | null,
  domain: string,
  source: ServerId | null,
): Explained | null {
  if (!originLiesOutside(origin, domain)) return null;
  const whose = source === null ? 'its database' : `${source}’s database, which it is to take`;
  return {
    message: `${id} would not start: its HTTPS origin ${origin ?? ''} lies outside ${domain}, the domain of ${whose}.`,
    fix:
      source === null
        ? `Write an origin in the server.toml of ${id} that is https://${domain} or a name below it.`
        : `Rename the domain of ${id} first: stop it, write domain and origin as on ${source}, run kanidmd domain rename, start it. Or begin there with an empty database of that domain.`,
  };
}

/** The primary is in the domain the fleet belongs to: a reborn empty primary would empty everyone. */
function primaryLooksNew({ fleet, topology, byId }: FleetView): readonly Problem[] {
  const known = fleet.domainUuid;
  if (known === null) return [];
  return topology.primaries.flatMap((id) => {
    const domain = byId.get(id)?.observed.domain ?? null;
    if (domain === null || domain.uuid === known) return [];
    return [
      ruleProblem(
        'primary-looks-new',
        null,
        `The primary looks new: ${id} is in domain ${domain.uuid}, the fleet belongs to ${known}. Deploying would give its data to everyone.`,
        `Make a server that still has the data the primary. Only if ${id} holds the right data, remove domain_uuid from the fleet file.`,
        { server: id, field: 'domain_uuid' },
      ),
    ];
  });
}

/** The secondaries agree with each other, but not with their primary. */
function primaryOutvoted({ topology, byId }: FleetView): readonly Problem[] {
  const followers = new Map<ServerId, { readonly id: ServerId; readonly uuid: DomainUuid }[]>();
  for (const [id, seen] of byId) {
    const primary = topology.primaryOf(id);
    const uuid = seen.observed.domain?.uuid;
    if (primary === null || primary === id || uuid === undefined) continue;
    const known = followers.get(primary);
    if (known) known.push({ id, uuid });
    else followers.set(primary, [{ id, uuid }]);
  }
  return topology.primaries.flatMap((id) => {
    const domain = byId.get(id)?.observed.domain ?? null;
    if (domain === null) return [];
    const others = new Map<DomainUuid, string[]>();
    for (const { id: other, uuid } of followers.get(id) ?? []) {
      const agreed = others.get(uuid);
      if (agreed) agreed.push(other);
      else others.set(uuid, [other]);
    }
    return [...others].flatMap(([uuid, agreed]) => {
      if (uuid === domain.uuid || agreed.length < 2) return [];
      return [
        ruleProblem(
          'primary-outvoted',
          null,
          `${joinNames(agreed, ' and ')} are in one domain (${uuid}), and the primary ${id} is not (${domain.uuid}): it looks new.`,
          `Reverse the links so that one of ${joinNames(agreed)} is the primary. If ${id} is right, keep only one of them in the fleet file, deploy, and add the others after.`,
          { server: id },
          { servers: [id, ...agreed] },
        ),
      ];
    });
  });
}

/** One domain name; the database's own wins over the file's. */
function domainNames({ topology, byId }: FleetView): readonly Problem[] {
  return [...byId].flatMap(([id, seen]) => {
    const primary = topology.primaryOf(id);
    const wanted = primary === null ? null : (byId.get(primary)?.observed.domain?.name ?? null);
    const names = [seen.observed.domain?.name, runsWith(seen.observed)?.domain];
    const other = names.find((name) => typeof name === 'string' && wanted !== null && name !== wanted);
    if (primary === null || primary === id || wanted === null || typeof other !== 'string') return [];
    return [
      ruleProblem(
        'domain-names-differ',
        id,
        `${id} is set up for the domain ${other}, its primary ${primary} for ${wanted}.`,
        `Write domain = "${wanted}" in the server.toml of ${id}; passkeys and tokens belong to one name.`,
      ),
    ];
  });
}

/**
 * The HTTPS origin is the domain that the file names or below it, as far as the database's own does not decide: else
 * kanidmd does not start, or passkeys do not work (`kanidm.md`, "Rules to check").
 */
function httpsOrigins({ servers }: FleetView): readonly Problem[] {
  return servers.flatMap(({ wanted: { id }, observed }) => {
    const { origin, domain } = runsWith(observed) ?? { origin: null, domain: null };
    if (domain === null || !originLiesOutside(origin, domain) || whyOriginOutside(observed) !== null)
      return [];
    return [
      ruleProblem(
        'https-origin-outside-domain',
        id,
        `The HTTPS origin of ${id}, ${origin ?? ''}, is not in its domain ${domain}.`,
        `Write an origin in the server.toml of ${id} that is https://${domain} or a name below it.`,
      ),
    ];
  });
}
