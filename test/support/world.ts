import type { CertificateText, ServerId } from '../../shared/names';
import type { ObservedServer } from '../../shared/observed';
import type { Origin } from '../../shared/names';
import type { Step } from '../../shared/plan/plan';
import { editServerConfig } from '../../shared/server-config/edit-server-config';
import { readServerConfig } from '../../shared/server-config/read-server-config';
import { allowsPull, type ConfigChange, type Partner, pulls } from '../../shared/server-config/server-config';
import { certificateOfTest } from './fleet-fixtures';

/** One server of the model world. `data` names whose database it holds. */
interface WorldServer {
  bytes: Uint8Array;
  /** The partner tables the running process read at its last start. */
  live: readonly Partner[];
  certificate: CertificateText | null;
  data: string;
  /** A refresh that was asked for and not served yet: it stays queued until a restart (`kanidm.md`, rule 8). */
  queued: boolean;
}

/**
 * Kanidm's refresh rules as a model (`kanidm.md`, "Refresh erases"): a refresh goes to every supplier and an adversary
 * chooses who answers; one that nobody answers stays queued; automatic servers refresh themselves; anyone may restart
 * at any moment. Knows nothing of the planner.
 */
export class World {
  readonly erased: { readonly server: ServerId; readonly tookFrom: ServerId; readonly data: string }[] = [];
  private readonly servers = new Map<ServerId, WorldServer>();

  /** @param choose picks one of `count` possibilities, 0-based: the adversary. */
  constructor(
    observed: readonly ObservedServer[],
    private readonly serverAt: (origin: Origin) => ServerId | null,
    private readonly choose: (count: number) => number,
  ) {
    for (const server of observed) {
      const bytes = new TextEncoder().encode(server.file?.text ?? '');
      const certificate = server.certificate?.text ?? null;
      const data = server.domain?.uuid ?? server.id;
      this.servers.set(server.id, { bytes, live: partnersIn(bytes), certificate, data, queued: false });
    }
  }

  dataOf(id: ServerId): string | undefined {
    return this.servers.get(id)?.data;
  }

  /** True when a round of this pull would succeed: both tables, both pins, one database. */
  replicates(consumer: ServerId, supplier: ServerId): boolean {
    const mine = this.servers.get(consumer);
    return this.suppliersNow(consumer).includes(supplier) && mine?.data === this.servers.get(supplier)?.data;
  }

  /** Carries one step of a plan out. */
  run(step: Step): void {
    const server = this.servers.get(step.server);
    if (!server) return;
    if (step.action === 'configure') {
      const changes = step.changes.map((change): ConfigChange => {
        if (change.kind !== 'pin-partner') return change;
        const certificate = this.servers.get(change.of)?.certificate;
        if (!certificate) throw new Error(`step ${step.id} pins ${change.of}, which has no certificate`);
        return { kind: 'set-partner', partner: { ...change.partner, certificate } };
      });
      const edited = editServerConfig(server.bytes, changes, {});
      if (!edited.ok) throw new Error(edited.error.message);
      server.bytes = edited.value;
      this.restart(step.server);
    }
    if (step.action === 'restart') this.restart(step.server);
    if (step.action === 'refresh' && step.by === 'command') server.queued = true;
    this.settle();
  }

  /** Anyone may restart by himself. */
  disturb(): void {
    const ids = [...this.servers.keys()];
    const id = ids[this.choose(ids.length)];
    if (id !== undefined) this.restart(id);
    this.settle();
  }

  private restart(id: ServerId): void {
    const server = this.servers.get(id);
    if (!server) return;
    server.live = partnersIn(server.bytes);
    server.queued = false;
    const config = readServerConfig(server.bytes, {});
    if (config.ok && config.value.replication !== null) server.certificate ??= certificateOfTest(id);
  }

  /** Lets everything happen that can: queued and automatic refreshes, in an order the adversary picks. */
  private settle(): void {
    for (let round = 0; round < 2 * this.servers.size + 2; round += 1) {
      const due = [...this.servers].filter(([id, server]) => this.wantsRefresh(id, server));
      const next = due[this.choose(Math.max(due.length, 1))];
      if (!next) return;
      this.refresh(...next);
    }
  }

  private wantsRefresh(id: ServerId, server: WorldServer): boolean {
    const suppliers = this.suppliersNow(id);
    if (suppliers.length === 0) return false;
    const armed = server.live.some((partner) => partner.automaticRefresh && pulls(partner.type));
    const differs = suppliers.some((supplier) => this.servers.get(supplier)?.data !== server.data);
    return server.queued || (armed && differs);
  }

  private refresh(id: ServerId, server: WorldServer): void {
    const suppliers = this.suppliersNow(id);
    const from = suppliers[this.choose(suppliers.length)];
    if (from === undefined) return;
    server.queued = false;
    const data = this.servers.get(from)?.data ?? server.data;
    if (data !== server.data) this.erased.push({ server: id, tookFrom: from, data });
    server.data = data;
  }

  /** Suppliers a server reaches: both live files name each other with the right certificates. */
  private suppliersNow(id: ServerId): ServerId[] {
    const mine = this.servers.get(id);
    return (mine?.live ?? []).flatMap((partner) => {
      const supplier = pulls(partner.type) ? this.serverAt(partner.origin) : null;
      const theirs = supplier === null ? undefined : this.servers.get(supplier);
      if (supplier === null || !theirs || partner.certificate !== theirs.certificate) return [];
      const knowsMe = theirs.live.some(
        (other) =>
          this.serverAt(other.origin) === id &&
          allowsPull(other.type) &&
          other.certificate === mine?.certificate,
      );
      return knowsMe ? [supplier] : [];
    });
  }
}

function partnersIn(bytes: Uint8Array): readonly Partner[] {
  const config = readServerConfig(bytes, {});
  return config.ok ? (config.value.replication?.partners ?? []) : [];
}
