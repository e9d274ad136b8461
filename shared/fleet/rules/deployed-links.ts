import { type DesiredTable, desiredTables } from '../model/desired';
import type { ServerId } from '../../base/names';
import { sameOrigin } from '../../base/origin';
import type { Problem } from '../../base/problem';
import { type Partner, partnersOf } from '../../server-config/server-config';
import { describeLink, describePull, type Link } from '../model/fleet';
import { ruleProblems, type Words } from './words';
import { linksOnce } from './shape';
import type { FleetView } from './view';

export const words = {
  'second-table': {
    severity: 'warning',
    what: 'a server has two tables for one partner, by two names.',
    why: 'a link has one; with both it pulls twice.',
    fix: 'take one out; the other name can be written at the link.',
    from: 'design',
    source: 'design.md, "The fleet file": at most one link per pair, the rest is shown as drift',
  },
  'link-not-deployed': {
    severity: 'info',
    remedy: 'deploy',
    what: 'a link that is drawn and that no server has yet.',
    fix: 'deploy.',
    from: 'design',
    source: 'design.md, "The path data takes"',
  },
  'link-not-drawn': {
    severity: 'info',
    remedy: 'deploy',
    what: 'servers of the fleet have tables for each other, and no link between them is drawn.',
    why: 'it runs, and a deploy would take it out.',
    fix: 'deploy, or draw the link.',
    from: 'design',
    source: 'design.md, "The path data takes"',
  },
  'link-one-sided': {
    severity: 'warning',
    remedy: 'deploy',
    what: 'one side has the table, the other has not.',
    why: 'nothing replicates: the other side refuses it.',
    fix: 'deploy, or remove the link.',
    from: 'measured',
    source: 'kanidm.md, "Rules to check": one-way pairs flagged',
  },
  'link-differs': {
    severity: 'info',
    remedy: 'deploy',
    what: 'a link is drawn otherwise than it is on the servers; when adopting: the servers have what a link cannot say, such as `mutual-pull` against `allow-pull`, or flags on both sides.',
    why: 'a deploy would change it.',
    fix: 'deploy, or draw the link as it is.',
    from: 'design',
    source: 'design.md, "The path data takes"',
  },
} as const satisfies Words;

const ruleProblem = ruleProblems(words);

/** All rules of this file. */
export const check = (view: FleetView): readonly Problem[] =>
  [secondTables, deployedLinks, undrawnLinks].flatMap((rule) => rule(view));

/** The drawn links against the tables in the servers' files: what a deploy is for, and what somebody changed by hand. */
function deployedLinks(view: FleetView): readonly Problem[] {
  const tables = readTables(view);
  return linksOnce(view.topology).flatMap((link) => {
    const ends = [
      sideOf(tables, link.supplier, link.consumer),
      sideOf(tables, link.consumer, link.supplier),
    ] as const;
    const missing = ends.filter((end) => end.state === 'missing');
    const [lacks] = missing;
    if (lacks !== undefined && missing.length === 2) return [notDeployed(link)];
    // While the other side is not known, all that can be said is that this one lacks it.
    if (lacks !== undefined)
      return ends.some((end) => end.state === 'unknown')
        ? [notDeployed(link, lacks.server)]
        : [oneSided(link, lacks)];
    const different = ends.flatMap((end) =>
      end.state === 'different' ? [`${end.server} has ${end.has}`] : [],
    );
    return different.length === 0 ? [] : [differs(link, different)];
  });
}

/** Links that run and are not drawn, each once. */
function undrawnLinks(view: FleetView): readonly Problem[] {
  const drawn = new Set(
    linksOnce(view.topology).flatMap(({ supplier, consumer }) => [
      `${supplier} ${consumer}`,
      `${consumer} ${supplier}`,
    ]),
  );
  const told = new Set<string>();
  return [...readTables(view).has].flatMap(([server, tables]) =>
    [...tables.keys()].flatMap((partner) => {
      const pair = [server, partner].sort().join(' ');
      if (server === partner || drawn.has(`${server} ${partner}`) || told.has(pair)) return [];
      told.add(pair);
      return [notDrawn(server, partner)];
    }),
  );
}

/** Tables for a partner that has one already, by another name: only one of them is the link's. */
function secondTables(view: FleetView): readonly Problem[] {
  return readTables(view).second.map(({ server, partner, origin }) => secondTable(server, partner, origin));
}

/** A second table for one partner. */
export const secondTable = (server: string, partner: string, origin: string): Problem =>
  ruleProblem(
    'second-table',
    server,
    `${server} has a second table for ${partner}, ${origin}; a link has one.`,
    'Take one of them out of its server.toml; the other name can be written at the link (supplier_origin, consumer_origin).',
    { server, link: describePull({ consumer: server, supplier: partner }) },
  );

interface Tables {
  /** What each server should have, by its partner. */
  readonly wanted: ReadonlyMap<ServerId, ReadonlyMap<ServerId, DesiredTable>>;
  /** What each server's file has, by whose table it is; a server whose file is not known is missing. */
  readonly has: ReadonlyMap<ServerId, ReadonlyMap<ServerId, Partner>>;
  readonly second: readonly {
    readonly server: ServerId;
    readonly partner: ServerId;
    readonly origin: string;
  }[];
}

/** Each server's tables once: linear in servers, links and tables. */
function readTables({ topology, servers, ownerOf }: FleetView): Tables {
  const origins = new Map(
    servers.flatMap(({ wanted, origin }) => (origin === null ? [] : [[wanted.id, origin] as const])),
  );
  const wanted = new Map<ServerId, Map<ServerId, DesiredTable>>();
  const has = new Map<ServerId, Map<ServerId, Partner>>();
  const second: { server: ServerId; partner: ServerId; origin: string }[] = [];
  for (const { wanted: server, observed } of servers) {
    const { id } = server;
    wanted.set(id, new Map(desiredTables(id, topology, origins).map((table) => [table.partner, table])));
    if (observed.config === null) continue;
    const own = new Map<ServerId, Partner>();
    has.set(id, own);
    for (const partner of partnersOf(observed.config)) {
      const owner = ownerOf(partner);
      if (owner === null) continue;
      if (own.has(owner)) second.push({ server: id, partner: owner, origin: partner.origin });
      else own.set(owner, partner);
    }
  }
  return { wanted, has, second };
}

type Side =
  | { readonly state: 'same' | 'unknown' | 'missing'; readonly server: ServerId }
  | { readonly state: 'different'; readonly server: ServerId; readonly has: string };

function sideOf({ wanted, has }: Tables, server: ServerId, partner: ServerId): Side {
  const should = wanted.get(server)?.get(partner);
  const own = has.get(server);
  if (own === undefined || should === undefined) return { state: 'unknown', server };
  const table = own.get(partner);
  if (table === undefined) return { state: 'missing', server };
  const same =
    table.type === should.type &&
    table.automaticRefresh === should.automaticRefresh &&
    sameOrigin(table.origin, should.origin);
  if (same) return { state: 'same', server };
  return {
    state: 'different',
    server,
    has: `${table.type} for ${table.origin}${table.automaticRefresh ? ' with automatic_refresh' : ''}`,
  };
}

const concerned = (link: Link) => ({ servers: [link.supplier, link.consumer], links: [describeLink(link)] });

const notDeployed = (link: Link, lacks?: ServerId): Problem =>
  ruleProblem(
    'link-not-deployed',
    null,
    `The link ${describeLink(link)} has not been deployed to ${lacks ?? `${link.supplier} and ${link.consumer}`}.`,
    'Deploy.',
    { link: describeLink(link) },
    concerned(link),
  );

const notDrawn = (server: ServerId, partner: ServerId): Problem =>
  ruleProblem(
    'link-not-drawn',
    null,
    `${server} and ${partner} are linked on the servers, and not in the drawing: a deploy takes the link out.`,
    'Deploy, or draw the link.',
    { link: `${server} → ${partner}` },
    { servers: [server, partner], links: [`${server} → ${partner}`] },
  );

const oneSided = (link: Link, { server }: Side): Problem =>
  ruleProblem(
    'link-one-sided',
    server,
    `The link ${describeLink(link)} is in the server.toml of one side only, not of ${server}: nothing replicates by it.`,
    'Deploy.',
    { server, link: describeLink(link) },
    concerned(link),
  );

const differs = (link: Link, different: readonly string[]): Problem =>
  ruleProblem(
    'link-differs',
    null,
    `The link ${describeLink(link)} is drawn otherwise than deployed: ${different.join('; ')}.`,
    'Deploy, or draw the link as it is.',
    { link: describeLink(link) },
    concerned(link),
  );
