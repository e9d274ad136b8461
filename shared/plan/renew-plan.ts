import { checkTopology } from '../fleet/rules/check-topology';
import type { Fleet } from '../fleet/fleet';
import { viewFleet } from '../fleet/rules/view';
import { readTopology } from '../fleet/topology';
import type { ServerId } from '../names';
import type { ObservedServer } from '../observed';
import { parseOrigin } from '../origin';
import { type Problem, problemOf } from '../problem';
import { type Partner, pulls } from '../server-config/server-config';
import { partnerNames } from '../kanidmd/partner-names';
import { draftOf, planOf } from './make-plan';
import type { Plan, PlannedChange } from './plan';

/**
 * Renews one server's replication certificate and pins the new one on every partner that pins the old: renew, then partner
 * by partner one new file and a restart each, then the proof of every pull of the server, both ways (`kanidm.md`,
 * Commands and "Refresh erases").
 *
 * Nothing is renewed when it could not be finished: a partner that is down or cannot be read, a partner that the fleet does
 * not know, a partner whose name the server cannot resolve (then a renewal never ends).
 */
export function makeRenewPlan(fleet: Fleet, observed: readonly ObservedServer[], id: ServerId): Plan {
  const topology = readTopology(fleet);
  const draft = draftOf(fleet, observed);
  const view = viewFleet(fleet, topology, observed, 0);
  const problems: Problem[] = [
    ...checkTopology(fleet, topology),
    ...observed.flatMap((it) => it.faults.map((fault) => problemOf(fault))),
  ];
  const server = observed.find((it) => it.id === id);
  const partners = partnersOf(id, observed, view.ownerOf);
  problems.push(...whyNot(id, server, partners, observed, view.ownerOf));
  if (!server?.certificate || problems.some((it) => it.severity === 'error' && it.server === null))
    return planOf(draft, problems);

  const renewed = draft.renewCertificate(id, server.certificate);
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
      summary: `Pin ${id}'s new certificate on ${partner}`,
      why: `${partner} reads its partners' certificates only at start; until then every pull between the two fails.`,
      needs: [renewed],
    };
    const added = draft.configure(partner, changes, words);
    if (!added.ok) problems.push({ ...problemOf(added.error), server: null });
  }
  for (const consumer of [id, ...inOrder.map((it) => it.partner)]) {
    const suppliers = (draft.config(consumer)?.replication?.partners ?? []).flatMap((table) => {
      const supplier = pulls(table.type) ? view.ownerOf(table.origin) : null;
      const origin = parseOrigin(table.origin)?.origin ?? null;
      const concerned = consumer === id ? inOrder.some((it) => it.partner === supplier) : supplier === id;
      return supplier !== null && origin !== null && concerned ? [{ server: supplier, origin }] : [];
    });
    if (suppliers.length > 0) draft.verify(consumer, suppliers);
  }
  return planOf(draft, problems);
}

/** A server that has tables for the renewed one, and these tables. */
interface PinningPartner {
  readonly partner: ServerId;
  readonly tables: readonly Partner[];
}

function partnersOf(
  id: ServerId,
  observed: readonly ObservedServer[],
  ownerOf: (origin: string) => ServerId | null,
): readonly PinningPartner[] {
  return observed.flatMap((it) => {
    const tables = (it.config?.replication?.partners ?? []).filter((table) => ownerOf(table.origin) === id);
    return it.id !== id && tables.length > 0 ? [{ partner: it.id, tables }] : [];
  });
}

/** Everything that keeps a renewal from being finished blocks the plan: half a renewal leaves no pull working. */
function whyNot(
  id: ServerId,
  server: ObservedServer | undefined,
  partners: readonly PinningPartner[],
  observed: readonly ObservedServer[],
  ownerOf: (origin: string) => ServerId | null,
): Problem[] {
  const problems: Problem[] = [];
  const block = (code: string, message: string, fix: string): void =>
    void problems.push({ severity: 'error', code, server: null, message, fix, where: { server: id } });
  if (!server) {
    block('no-such-server', `The fleet has no server ${id}.`, 'Check the id in the fleet file.');
    return problems;
  }
  if (!server.certificate)
    block(
      'no-certificate',
      `${id} shows no replication certificate, so there is none to renew.`,
      `See that ${id} runs and has [replication]; kanilink apply gives it one.`,
    );
  for (const it of observed)
    if (it.id !== id && (it.config === null || it.state !== 'running'))
      block(
        'partner-not-running',
        `${it.id} ${it.config === null ? 'cannot be read' : 'does not run'}: it could not be given the new certificate of ${id}.`,
        `Bring ${it.id} back, then renew.`,
      );
  for (const { partner } of partners)
    if ((observed.find((it) => it.id === partner)?.certificate ?? null) === null)
      block(
        'partner-without-certificate',
        `${partner} shows no certificate, so its pulls could not be proved.`,
        `Read ${partner}'s log, then renew.`,
      );
  const tables = server.config?.replication?.partners ?? [];
  for (const { origin } of tables.filter((table) => ownerOf(table.origin) === null))
    block(
      'unknown-partner-blocks-renewal',
      `${id} has a partner the fleet does not know (${origin}): nobody would pin the new certificate there.`,
      'Add it to the fleet, or list its origin under [[removed]] and deploy.',
    );
  for (const { origin, resolves } of partnerNames(server.log, tables))
    if (resolves === 'no')
      block(
        'partner-name-not-found',
        `${id} cannot resolve ${origin}: its renewal would never end.`,
        `Mend DNS on ${id}, or take that partner out, then renew.`,
      );
  return problems;
}
