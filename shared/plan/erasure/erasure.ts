import type { ServerId } from '../../base/names';
import { allowsPull, type PartnerType, pulls } from '../../server-config/server-config';

/**
 * Which servers would erase themselves (`kanidm.md`, "Refresh erases", rules 2, 3, 5): a server with
 * `automatic_refresh` replaces its database by that of any supplier it can reach whose domain is another one. The
 * planner plays every step on this model and asks again after each. No step may erase a server that it does not name.
 */
export interface ModelServer {
  readonly id: ServerId;
  /** Which domain its database belongs to; null: not known, which counts as another one. */
  readonly domain: string | null;
  /** Names the certificate it shows; two equal names are the same certificate. */
  readonly certificate: string | null;
  /**
   * It runs, and its certificate was not seen yet: once it has `[replication]` it may show one that it had before, which a
   * table of an earlier time still pins.
   */
  readonly unseen: boolean;
  readonly tables: readonly ModelTable[];
}

export interface ModelTable {
  /** The partner, or null when the fleet does not know whose table it is. */
  readonly partner: ServerId | null;
  readonly type: PartnerType;
  readonly automaticRefresh: boolean;
  /** The certificate that is pinned. */
  readonly pin: string;
}

export interface Erasure {
  readonly erased: ServerId;
  /** Whose data it would take. */
  readonly by: ServerId;
}

/** Servers that would erase themselves in their next round, as the files of all servers stand. */
export function erasures(servers: ReadonlyMap<ServerId, ModelServer>): readonly Erasure[] {
  return [...servers.values()].filter(isAutomatic).flatMap((server) =>
    server.tables.flatMap((table) => {
      const supplier = table.partner === null ? undefined : servers.get(table.partner);
      return supplier && takesFrom(server, table, supplier) ? [{ erased: server.id, by: supplier.id }] : [];
    }),
  );
}

/** One flagged table makes the server ask every supplier, the unflagged too (rule 2). */
export const isAutomatic = (server: {
  readonly tables: readonly Pick<ModelTable, 'automaticRefresh' | 'type'>[];
}): boolean => server.tables.some((table) => table.automaticRefresh && pulls(table.type));

/** True when a refresh by this table could be answered, and with another domain's data. */
export function takesFrom(consumer: ModelServer, table: ModelTable, supplier: ModelServer): boolean {
  return (
    mayConnect(consumer, table, supplier) && (consumer.domain === null || consumer.domain !== supplier.domain)
  );
}

/**
 * True when a pull by this table may get through: it pins the supplier's certificate, and the supplier lets the consumer's
 * in. A server knows its clients by their certificates alone, under whatever name a table pins them. A certificate that was
 * not seen may be whatever a table of that server pins.
 */
function mayConnect(consumer: ModelServer, table: ModelTable, supplier: ModelServer): boolean {
  return (
    pulls(table.type) &&
    (table.pin === supplier.certificate || (supplier.unseen && table.partner === supplier.id)) &&
    supplier.tables.some(
      (other) =>
        allowsPull(other.type) &&
        (other.pin === consumer.certificate || (consumer.unseen && other.partner === consumer.id)),
    )
  );
}
