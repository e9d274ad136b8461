import type { Fleet } from '../../../shared/fleet/model/fleet';
import type { Health } from '../../../shared/kanidmd/health';
import type { ObservedServer } from '../../../shared/observed/observed';
import { runsWith } from '../../../shared/observed/observed-config';
import type { DeployRecord } from '../deploy/journal/read-journal';

/*
 * What diagnostics tell of a fleet, its servers and its journals. What a server or a journal says is named here field by field:
 * what is not, stays here, whatever somebody adds to these values later. No file's content, no diff, no free text of a journal.
 */

/** The fleet as it is drawn, without the places on the canvas. A fleet file holds no secret (`design.md`, "The fleet file"). */
export const fleetSummary = ({ name, domainUuid, servers, links, removed }: Fleet) => ({
  ...{ name, domainUuid, links, removed },
  servers: servers.map(({ position: _position, ...server }) => server),
});

/** One server as it was observed. */
export function serverSummary(server: ObservedServer) {
  const { facts, certificate, log } = server;
  const replication = runsWith(server)?.replication ?? null;
  return {
    ...{ id: server.id, state: server.state, versionOnDisk: server.versionOnDisk, domain: server.domain },
    faults: server.faults.map(({ code, message }) => ({ code, message })),
    facts: facts && {
      ...{ configPath: facts.configPath, manager: facts.manager, runningVersion: facts.runningVersion },
      ...{ clockOffsetMs: facts.clockOffsetMs, startedAt: facts.startedAt, service: facts.service },
      publishedPorts: facts.publishedPorts,
      // Names only: what is set may be anybody's secret.
      variables: Object.keys(facts.overrides).sort(),
    },
    file: server.file && { modifiedAt: server.file.modifiedAt, characters: server.file.text.length },
    // What it runs with: its file, and what its environment sets.
    replication: replication && {
      ...{ origin: replication.origin, bindaddress: replication.bindaddress },
      taskPollInterval: replication.taskPollInterval,
      partners: replication.partners.map(({ origin, type, automaticRefresh }) => ({
        ...{ origin, type, automaticRefresh },
      })),
    },
    certificate: certificate && {
      ...{ fingerprint: certificate.fingerprint, names: certificate.names },
      ...{ notBefore: certificate.notBefore, notAfter: certificate.notAfter },
    },
    log: log && {
      ...{ from: log.from, to: log.to, startedAt: log.startedAt, listening: log.listening },
      rounds: log.rounds.slice(-MOST_ROUNDS).map(({ at, kind, supplierHost, ports, took, outcome }) => ({
        ...{ at, kind, supplierHost, ports, took },
        outcome: outcome.kind === 'success' ? 'success' : outcome.trouble.code,
      })),
      troubles: log.troubles.map(({ at, code }) => ({ at, code })),
    },
  };
}

const MOST_ROUNDS = 50;

/** One deploy: what was done to which server when, and how it ended. */
export function deploySummary({ deploy, header, entries, state, outcome, settledBy, torn }: DeployRecord) {
  return {
    ...{ deploy, at: header.at, purpose: header.purpose, of: header.of, host: header.host },
    ...{ state, outcome, settledBy, torn },
    steps: header.steps.map(({ id, server, action, erases }) => ({ id, server, action, erases })),
    entries: entries.flatMap((entry) => {
      const { kind, at } = entry;
      if (kind === 'deploy' || kind === 'output') return [];
      const step = 'step' in entry ? entry.step : null;
      const what =
        kind === 'intent' ? { effect: entry.effect } : kind === 'failed' ? { code: entry.code } : {};
      return [{ kind, at, step, ...what }];
    }),
  };
}

/** One pull as it was judged. */
export const pullSummary = (pull: {
  readonly consumer: string;
  readonly supplier: string;
  readonly health: Health;
  readonly cause: string;
  readonly lastSuccess: string | null;
}) => ({
  ...{ consumer: pull.consumer, supplier: pull.supplier, health: pull.health },
  ...{ cause: pull.cause, lastSuccess: pull.lastSuccess },
});
