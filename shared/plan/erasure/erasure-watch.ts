import type { ServerId } from '../../base/names';
import { allowsPull, pulls } from '../../server-config/server-config';
import { type Erasure, isAutomatic, type ModelServer, type ModelTable } from './erasure';

/**
 * `erasures` kept up to date while one server after the other changes: only the pulls of the server that changed are
 * looked at again, so that a plan for a thousand servers does not look at a million pairs after every step.
 */
export class ErasureWatch {
  private readonly servers = new Map<ServerId, WatchedServer>();
  /** Who has tables for a server. */
  private readonly consumers = new Map<ServerId, Set<ServerId>>();
  /** By consumer, whose data it could take. */
  private readonly found = new Map<ServerId, Map<ServerId, Kind>>();

  get(id: ServerId): ModelServer | undefined {
    return this.servers.get(id)?.server;
  }

  /** The server is now so. @param asked a refresh that was asked for earlier may still be queued on it. */
  set(server: ModelServer, asked: boolean): void {
    const { id } = server;
    const before = this.servers.get(id)?.tables ?? new Map<ServerId, ModelTable[]>();
    const tables = new Map<ServerId, ModelTable[]>();
    const lets = new Set<string>();
    const knows = new Set<ServerId>();
    for (const table of server.tables) {
      if (allowsPull(table.type)) {
        lets.add(table.pin);
        if (table.partner !== null) knows.add(table.partner);
      }
      if (table.partner === null || !pulls(table.type)) continue;
      const others = tables.get(table.partner);
      if (others) others.push(table);
      else tables.set(table.partner, [table]);
    }
    const kind = isAutomatic(server) ? 'automatic' : asked ? 'asked' : null;
    this.servers.set(id, { server, tables, lets, knows, kind });
    for (const partner of before.keys()) if (!tables.has(partner)) this.consumers.get(partner)?.delete(id);
    for (const partner of tables.keys()) {
      const others = this.consumers.get(partner);
      if (others) others.add(id);
      else this.consumers.set(partner, new Set([id]));
    }
    for (const supplier of new Set([...before.keys(), ...tables.keys()])) this.judge(id, supplier);
    for (const consumer of this.consumers.get(id) ?? []) this.judge(consumer, id);
  }

  /** Which servers would erase themselves in their next round. */
  automatic(): readonly Erasure[] {
    return this.list('automatic');
  }

  /**
   * Whom a refresh that was asked for earlier would erase, were it still queued (`kanidm.md`, "Refresh erases", 8: "Error"
   * means unknown, and it comes once a supplier answers). Nobody can see whether it is. A restart drops it.
   */
  asked(): readonly Erasure[] {
    return this.list('asked');
  }

  /** True when a pull is sure to get through as the files stand: by certificates that are known. */
  connects(consumer: ServerId, supplier: ServerId): boolean {
    const [mine, theirs] = [this.servers.get(consumer), this.servers.get(supplier)];
    const own = mine?.server.certificate ?? null;
    if (!mine || !theirs || own === null || !theirs.lets.has(own)) return false;
    return (mine.tables.get(supplier) ?? []).some((table) => table.pin === theirs.server.certificate);
  }

  /**
   * True when a refresh of the consumer may get through, and find another domain than its own, or one that is not known.
   * @param anyTable what tables its process has is not known: it may have one for whoever lets it in.
   */
  mayTake(consumer: ServerId, supplier: ServerId, anyTable: boolean): boolean {
    const own = this.get(consumer)?.domain ?? null;
    const differ = own === null || own !== this.get(supplier)?.domain;
    return differ && this.mayConnect(consumer, supplier, anyTable);
  }

  /** True when a pull may get through; as `mayConnect` of `erasure.ts`, in constant time. */
  private mayConnect(consumer: ServerId, supplier: ServerId, anyTable: boolean): boolean {
    const [mine, theirs] = [this.servers.get(consumer), this.servers.get(supplier)];
    if (!mine || !theirs) return false;
    const own = mine.server.certificate;
    const letIn =
      (own !== null && theirs.lets.has(own)) || (mine.server.unseen && theirs.knows.has(consumer));
    const { certificate, unseen } = theirs.server;
    if (!letIn || anyTable) return letIn;
    return (mine.tables.get(supplier) ?? []).some((table) => unseen || table.pin === certificate);
  }

  private list(kind: Kind): readonly Erasure[] {
    return [...this.found].flatMap(([erased, suppliers]) =>
      [...suppliers].flatMap(([by, its]) => (its === kind ? [{ erased, by }] : [])),
    );
  }

  private judge(consumer: ServerId, supplier: ServerId): void {
    const kind = this.servers.get(consumer)?.kind ?? null;
    const suppliers = this.found.get(consumer) ?? new Map<ServerId, Kind>();
    if (kind !== null && this.mayTake(consumer, supplier, false)) suppliers.set(supplier, kind);
    else suppliers.delete(supplier);
    if (suppliers.size > 0) this.found.set(consumer, suppliers);
    else this.found.delete(consumer);
  }
}

type Kind = 'automatic' | 'asked';

interface WatchedServer {
  readonly server: ModelServer;
  /** The tables it pulls by, by supplier. */
  readonly tables: ReadonlyMap<ServerId, readonly ModelTable[]>;
  /** The certificates it lets in. */
  readonly lets: ReadonlySet<string>;
  /** The servers it has tables of that let somebody in. */
  readonly knows: ReadonlySet<ServerId>;
  readonly kind: Kind | null;
}
