import type { Fleet } from '../../shared/fleet/model/fleet';
import { readTopology } from '../../shared/fleet/model/topology';
import type { ObservedServer } from '../../shared/observed/observed';
import { desiredTables } from '../../shared/fleet/model/desired';
import {
  domainOfTest,
  observedOf,
  observedOfTest,
  originOfTest,
  readCertificateOfTest,
} from './fleet-fixtures';

/** Every server as the fleet draws it, all in one domain. */
export function deployedFleet(fleet: Fleet): readonly ObservedServer[] {
  const topology = readTopology(fleet);
  const origins = new Map(fleet.servers.map(({ id }) => [id, originOfTest(id)]));
  return fleet.servers.map(({ id }) =>
    observedOf({
      ...{ id, state: 'running', domain: domainOfTest('a'), origin: originOfTest(id), stale: false },
      certificate: readCertificateOfTest(id),
      partners: desiredTables(id, topology, origins).map(({ partner, ...table }) => ({
        ...table,
        certificate: readCertificateOfTest(partner).text,
      })),
    }),
  );
}

/** Every server newly installed: a domain of its own, no replication. */
export const freshFleet = (fleet: Fleet): readonly ObservedServer[] =>
  fleet.servers.map(({ id }, index) => ({
    ...observedOfTest({ id, domain: 'a', tables: null }),
    domain: { name: 'idm.example.com', uuid: uuidOf(index), level: 14 },
  }));

const uuidOf = (at: number) => domainOfTest((at + 1).toString(16).padStart(8, '0'));
