import fc from 'fast-check';
import type { Fleet, Link } from '../../shared/fleet/model/fleet';
import { type Origin, type ServerId, trusted } from '../../shared/base/names';
import type { Partner, PartnerType } from '../../shared/server-config/server-config';
import { certificateOfTest, domainOfTest, fleetOfTest, originOfTest } from './fleet-fixtures';
import type { WorldServer } from './world';

/** A fleet as it is wanted, and the servers as they are. */
export interface WorldCase {
  readonly fleet: Fleet;
  readonly servers: readonly WorldServer[];
  /** What the adversary picks, over and over. */
  readonly choices: readonly number[];
  /** After how many steps each of the first deploys is cut off; 0: it is not. */
  readonly stops: readonly number[];
}

const names = ['idm-a', 'idm-b', 'idm-c', 'idm-d', 'idm-e', 'idm-f', 'idm-g', 'idm-h'];
/** Taken out of the fleet, and one the fleet does not know: both run, and have tables like everybody. */
const removed = 'idm-x';
const unknown = 'idm-y';
const everybody = [...names, removed, unknown];

/** The name a server gets when its origin is changed. */
const newOrigin = (id: string): Origin => originOfTest(`new-${id}`);

/** Who answers at an origin: every server at its old and its new name. */
export function serverAtOfTest(origin: Origin): ServerId | null {
  const id = everybody.find((it) => originOfTest(it) === origin || newOrigin(it) === origin);
  return id === undefined ? null : trusted<ServerId>(id);
}

/**
 * Fleets of up to eight servers in every state: fresh, deployed, drifted, holding data of one domain or several, out of
 * reach, stopped, running with another file than they have, with `automatic_refresh` on, with a refresh queued, renamed;
 * beside them a server that was taken out and one that is not known.
 */
export const worldCases: fc.Arbitrary<WorldCase> = fc
  .record({
    count: fc.integer({ min: 2, max: names.length }),
    // A zero is the plain case: what is found shrinks to it.
    dice: fc.array(fc.noBias(fc.nat(999)), { minLength: 1400, maxLength: 1400 }),
    choices: fc.array(fc.nat(1_000_000), { minLength: 16, maxLength: 64 }),
    stops: fc.array(fc.nat(12), { maxLength: 2 }),
  })
  .map(({ count, dice, choices, stops }) => {
    let thrown = 0;
    const below = (count: number): number => (dice[thrown++ % dice.length] ?? 0) % count;
    const roll = (perMille: number): boolean => (dice[thrown++ % dice.length] ?? 0) > 999 - perMille;
    const ids = names.slice(0, count);
    const fleet = drawFleet(ids, below, roll);
    const outside = [...(fleet.removed.length > 0 ? [removed] : []), ...(roll(60) ? [unknown] : [])];
    const here = [...ids, ...outside];
    // Most fleets are in good order but for a server or two.
    const drift = [15, 15, 60, 250][below(4)] ?? 0;
    const servers = here.map((id) => drawServer(id, here, fleet, drift, below, roll));
    return { fleet, servers: servers.map((it) => withPins(it, servers)), choices, stops };
  });

type Below = (count: number) => number;
type Roll = (perMille: number) => boolean;

/** Mostly a tree with some links more; now and then a second primary or a ring, which a plan must refuse. */
function drawFleet(ids: readonly string[], below: Below, roll: Roll): Fleet {
  const links: string[] = [];
  const odd = roll(100);
  for (const [index, id] of ids.entries()) {
    if (index === 0 || (odd && roll(300))) continue;
    const parent = below(index);
    const suppliers = [
      parent,
      ...ids.map((_, index) => index).filter((at) => at < index && at !== parent && roll(120)),
    ];
    for (const at of suppliers) {
      const oneWay = roll(350);
      const alone = suppliers.length === 1 && oneWay;
      const [from, to] = odd && roll(300) ? [id, ids[at]] : [ids[at], id];
      links.push(`${from ?? ''} ${oneWay ? '~>' : '>'} ${to ?? ''}${alone && roll(450) ? ' automatic' : ''}`);
    }
  }
  const fleet = fleetOfTest(ids, onlyLoneAutomatic(links));
  const renamed = roll(250) ? ids[below(ids.length)] : undefined;
  return {
    ...fleet,
    domainUuid: roll(500) ? domainOfTest('a') : null,
    removed: roll(300) ? [originOfTest(removed)] : [],
    servers: fleet.servers.map((it) => (it.id === renamed ? { ...it, origin: newOrigin(it.id) } : it)),
  };
}

/** The fleet file refuses `automatic_refresh` on a server with several suppliers; so do we. */
function onlyLoneAutomatic(links: readonly string[]): string[] {
  const suppliersOf = (id: string): number =>
    links.filter((it) => it.split(' ')[2] === id || (it.split(' ')[0] === id && it.includes(' > '))).length;
  return links.map((it) => (suppliersOf(it.split(' ')[2] ?? '') > 1 ? it.replace(' automatic', '') : it));
}

function drawServer(
  id: string,
  here: readonly string[],
  fleet: Fleet,
  drift: number,
  below: Below,
  roll: Roll,
): WorldServer {
  const isPrimary = id === names[0];
  const tables = (): readonly Partner[] =>
    here.flatMap((other) => drawTable(id, other, fleet, drift, below, roll));
  // Whoever is not in the primary's domain has one of its own, as a new server has; now and then two share one.
  const own = roll(150) ? 'b' : String(here.indexOf(id) + 1);
  const ofDomain = isPrimary || !roll(450) ? 'a' : own;
  const fresh = roll(ofDomain === 'a' ? 120 : 600);
  const file = fresh || (id === unknown && roll(500)) ? [] : tables();
  const live = roll(drift) ? tables() : file;
  const away = roll(50);
  const origin = fresh && roll(600) ? null : originOfTest(id);
  return {
    id: trusted<ServerId>(id),
    origin,
    file: origin === null ? [] : file,
    live: origin === null ? [] : live,
    stale: origin !== null && live !== file,
    listens: origin !== null,
    // Its file may have lost [replication], and its certificate lies in its database all the same. One for another name than
    // the wanted one cannot be known of before: that takes a second plan, and is not tried.
    certificate:
      origin !== null || (roll(400) && !isRenamed(id, fleet))
        ? { host: `${id}.example.com`, renewals: 0 }
        : null,
    data: domainOfTest(isPrimary && roll(30) ? '9' : ofDomain),
    queued: roll(150),
    alive: !roll(away ? 500 : 15),
    reachable: !away,
    backup: null,
  };
}

const isRenamed = (id: string, fleet: Fleet): boolean =>
  fleet.servers.some((it) => it.id === id && it.origin === newOrigin(id));

/** A server without a certificate was set up anew: what its partners pin is the one it had before, in another life. */
function withPins(server: WorldServer, all: readonly WorldServer[]): WorldServer {
  const gone = new Map(
    all.filter((it) => it.certificate === null).map((it) => [certificateOfTest(it.id), it.id]),
  );
  const file = server.file.map((it) => {
    const id = gone.get(it.certificate);
    return id === undefined ? it : { ...it, certificate: certificateOfTest(`old-${id}`) };
  });
  return { ...server, file, live: server.live === server.file ? file : server.live };
}

/** As drawn, or drifted from it: missing, of another type, flagged, with another's pin; a stranger's table now and then. */
function drawTable(
  id: string,
  other: string,
  { links }: Fleet,
  drift: number,
  below: Below,
  roll: Roll,
): readonly Partner[] {
  const link = links.find(
    (it) => (it.supplier === id && it.consumer === other) || (it.supplier === other && it.consumer === id),
  );
  const outside = other === removed || id === removed;
  if (id === other || roll(drift) || (link === undefined && !roll(outside ? 400 : drift / 2))) return [];
  const asDrawn = link === undefined ? 'mutual-pull' : typeOf(link, id);
  const type = roll(drift) ? (types[below(types.length)] ?? asDrawn) : asDrawn;
  return [
    {
      origin: originOfTest(other),
      type,
      certificate: certificateOfTest(roll(drift) ? (everybody[below(everybody.length)] ?? other) : other),
      automaticRefresh: (link?.automaticRefresh === true && link.consumer === id) !== roll(drift),
    },
  ];
}

const types: readonly PartnerType[] = ['mutual-pull', 'pull', 'allow-pull'];

const typeOf = (link: Link, id: string): PartnerType =>
  link.mutual ? 'mutual-pull' : link.consumer === id ? 'pull' : 'allow-pull';
