import { ruleProblem } from '../../fleet/rules/registry';
import { checkTopology } from '../../fleet/rules/check-topology';
import type { Fleet } from '../../fleet/model/fleet';
import { readTopology } from '../../fleet/model/topology';
import type { ServerId } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { parseOrigin } from '../../base/origin';
import { type Problem, problemOf } from '../../base/problem';
import { type Partner, partnersOf, pulls } from '../../server-config/server-config';
import { builderOf, planOf } from './make-plan';
import { type OwnerOf, ownersOf } from '../../fleet/model/owners';
import type { Plan } from '../model/plan';
import type { PlannedChange } from '../steps/configure';
import { type Obstacle, renewalObstacles } from './renewal-obstacles';

/**
 * Renews one server's replication certificate and pins the new one on every partner that pins the old: renew, then partner
 * by partner one new file and a restart each, then the proof of every pull of the server, both ways (`kanidm.md`,
 * "renew-replication-certificate").
 *
 * Nothing is renewed when it could not be finished: a partner that is down or cannot be read, a partner that the fleet does
 * not know, a partner whose name the server cannot resolve (then a renewal never ends).
 */
export function makeRenewPlan(fleet: Fleet, observed: readonly ObservedServer[], id: ServerId): Plan {
  const topology = readTopology(fleet);
  const builder = builderOf(fleet, observed);
  const ownerOf = ownersOf(fleet, observed);
  const problems: Problem[] = [
    ...checkTopology(fleet, topology),
    ...observed.flatMap((it) => it.faults.map((fault) => problemOf(fault))),
  ];
  const server = observed.find((it) => it.id === id);
  const partners = whoPins(id, observed, ownerOf);
  problems.push(...whyNot(id, server, observed, ownerOf));
  if (!server?.certificate || problems.some((it) => it.severity === 'error' && it.server === null))
    return planOf(builder, problems);

  const renewed = builder.renewCertificate(id, server.certificate);
  const order = [...topology.order, ...topology.alone];
  const inOrder = [...partners].sort((a, b) => order.indexOf(a.partner) - order.indexOf(b.partner));
  for (const { partner, tables } of inOrder) {
    const changes = tables.map(({ origin, type, automaticRefresh }): PlannedChange => ({
      kind: 'pin-partner',
      partner: { origin, type, automaticRefresh },
      of: id,
      certificate: { after: renewed },
    }));
    const words = {
      summary: `Pin ${id}’s new certificate on ${partner}`,
      why: `${partner} reads its partners’ certificates only at start; until then every pull between the two fails.`,
      needs: [renewed],
    };
    const added = builder.configure(partner, changes, words);
    if (!added.ok) problems.push({ ...problemOf(added.error), server: null });
  }
  for (const consumer of [id, ...inOrder.map((it) => it.partner)]) {
    const suppliers = partnersOf(builder.config(consumer)).flatMap((table) => {
      const supplier = pulls(table.type) ? ownerOf(table) : null;
      const origin = parseOrigin(table.origin)?.origin ?? null;
      const concerned = consumer === id ? inOrder.some((it) => it.partner === supplier) : supplier === id;
      return supplier !== null && origin !== null && concerned ? [{ server: supplier, origin }] : [];
    });
    if (suppliers.length > 0) builder.verify(consumer, suppliers);
  }
  return planOf(builder, problems);
}

/** A server that has tables for the renewed one, and these tables. */
interface PinningPartner {
  readonly partner: ServerId;
  readonly tables: readonly Partner[];
}

function whoPins(
  id: ServerId,
  observed: readonly ObservedServer[],
  ownerOf: OwnerOf,
): readonly PinningPartner[] {
  return observed.flatMap((it) => {
    const tables = partnersOf(it.config).filter((table) => ownerOf(table) === id);
    return it.id !== id && tables.length > 0 ? [{ partner: it.id, tables }] : [];
  });
}

/** An obstacle blocks the plan: half a renewal leaves no pull working. */
function whyNot(
  id: ServerId,
  server: ObservedServer | undefined,
  observed: readonly ObservedServer[],
  ownerOf: OwnerOf,
): Problem[] {
  const others = observed.filter((it) => it.id !== id);
  const obstacles = server ? renewalObstacles(server, others, ownerOf) : [noSuchServer(id)];
  return obstacles.map((it) => ({
    ...ruleProblem(
      it.code,
      null,
      it.message,
      it.fix,
      { server: id },
      { servers: [id, ...(it.partner ? [it.partner] : [])] },
    ),
    severity: 'error',
  }));
}

const noSuchServer = (id: ServerId): Obstacle => ({
  code: 'no-such-server',
  message: `The fleet has no server ${id}.`,
  fix: 'Check the id in the fleet file.',
});
