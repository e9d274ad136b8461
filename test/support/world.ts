import type { CertificateText, DomainUuid, Origin, ServerId } from '../../shared/base/names';
import type { ObservedServer } from '../../shared/observed/observed';
import { parseOrigin } from '../../shared/base/origin';
import type { Step } from '../../shared/plan/steps/step';
import { allowsPull, type Partner, pulls } from '../../shared/server-config/server-config';
import { certificateOfTest, noCertificateOfTest, observedOf, readCertificateOfTest } from './fleet-fixtures';

/** A server of the model world. */
export interface WorldServer {
  readonly id: ServerId;
  /** Its file: its own origin, null without `[replication]`, and the partner tables. */
  origin: Origin | null;
  file: readonly Partner[];
  /** The tables the running process read at its last start. */
  live: readonly Partner[];
  /** The file was written since. */
  stale: boolean;
  /** The process read `[replication]` at its last start: without, it shows no certificate though it may have one. */
  listens: boolean;
  /** The name in its certificate, and how often it was made anew; null: it has none yet. */
  certificate: { readonly host: string; readonly renewals: number } | null;
  /** Whose database it holds. */
  data: DomainUuid;
  /** A refresh that was asked for and not served yet: queued until a restart (`kanidm.md`, "Refresh erases", 8). */
  queued: boolean;
  /** It runs. */
  alive: boolean;
  /** The operator reaches it; one that is out of reach may well run. */
  readonly reachable: boolean;
  /** What the last backup of it holds. */
  backup: DomainUuid | null;
}

export interface Erased {
  readonly server: ServerId;
  readonly tookFrom: ServerId;
  readonly data: DomainUuid;
  /** What was erased lies in a backup. */
  readonly backedUp: boolean;
}

/**
 * Kanidm's refresh rules as a model (`kanidm.md`, "Refresh erases"): a refresh goes to every supplier and an adversary
 * chooses who answers, and when; one that nobody answered stays queued and comes at any later moment, until a restart;
 * automatic servers refresh themselves from any supplier of another domain. Knows nothing of the planner.
 */
export class World {
  readonly erased: Erased[] = [];
  /** The adversary lets every refresh through that can be served. */
  patient = false;
  readonly servers: ReadonlyMap<ServerId, WorldServer>;

  /**
   * @param serverAt who answers at an origin.
   * @param choose picks one of `count` possibilities, 0-based: the adversary.
   */
  constructor(
    servers: readonly WorldServer[],
    private readonly serverAt: (origin: Origin) => ServerId | null,
    private readonly choose: (count: number) => number,
  ) {
    this.servers = new Map(servers.map((it) => [it.id, { ...it }]));
  }

  /** What a probe sees of the servers of a fleet. */
  observe(ids: readonly ServerId[]): readonly ObservedServer[] {
    return ids.map((id) => {
      const server = this.get(id);
      const state = !server.reachable ? 'unreachable' : server.alive ? 'running' : 'stopped';
      const { certificate, alive, listens, origin, file: partners } = server;
      const shown =
        alive && listens && certificate
          ? readCertificateOfTest(id, certificate.host, certificate.renewals)
          : null;
      const seen = observedOf({
        id,
        state,
        origin,
        partners,
        stale: server.stale,
        certificate: shown,
        domain: alive ? server.data : null,
      });
      const silent = state === 'running' && origin !== null && !listens;
      return silent ? { ...seen, faults: [noCertificateOfTest(id)] } : seen;
    });
  }

  /**
   * True when somebody could lose data though nobody does anything, or restarts a server that may erase itself by its
   * file. No plan is to blame for that: it is what the fleet was before. A refresh that waits for a server which does not
   * let it in yet is no doom: a plan must not start that server before.
   */
  isDoomed(): boolean {
    const alive = [...this.servers.values()].filter((it) => it.alive);
    return alive.some((server) => {
      const armed = [server.live, server.file].filter((it) => it.some(isFlagged));
      return alive
        .filter((other) => other.data !== server.data)
        .some(
          (other) =>
            armed.some((tables) =>
              [other.live, other.file].some((theirs) => this.reaches(server, tables, other, theirs)),
            ) ||
            (server.queued && this.reaches(server, server.live, other, other.live)),
        );
    });
  }

  /** True when a restart of this server would let a refresh in that waits: whoever does that is to blame. */
  wakes(id: ServerId): boolean {
    const supplier = this.get(id);
    return [...this.servers.values()].some(
      (it) =>
        it.queued &&
        it.alive &&
        it.id !== id &&
        it.data !== supplier.data &&
        this.reaches(it, it.live, supplier, supplier.file),
    );
  }

  /** True when a round of this pull would succeed now: both tables, both pins, the name, one database. */
  replicates(consumer: ServerId, supplier: ServerId): boolean {
    return (
      this.suppliersOf(consumer).includes(supplier) && this.get(consumer).data === this.get(supplier).data
    );
  }

  /**
   * Carries one step of a plan out as the engine does.
   * @returns false when the step fails, as a refresh does that nobody answers: the engine restarts the server then.
   */
  run(step: Step): boolean {
    const server = this.get(step.server);
    if (!server.reachable || !server.alive)
      throw new Error(`step ${step.id} is about ${server.id}, which is not there`);
    switch (step.action) {
      case 'configure':
        this.write(step);
        return this.restart(step.server);
      case 'restart':
      case 'start':
        return this.restart(step.server);
      case 'backup':
        server.backup = server.data;
        return step.stops ? this.restart(step.server) : true;
      case 'renew-certificate':
        server.certificate = { host: hostOf(server), renewals: (server.certificate?.renewals ?? 0) + 1 };
        return true;
      case 'refresh':
        if (step.by === 'command') server.queued = true;
        this.settle();
        return (server.data === step.domain && !server.queued) || !this.restart(step.server);
      case 'verify':
        return step.suppliers.every((it) => this.replicates(step.server, it.server));
      case 'read-certificate':
        return server.certificate !== null;
      case 'compare':
        return server.data === this.get(step.with).data;
      case 'put-back':
        throw new Error('the world has no earlier files');
    }
  }

  /** Half of a configure step: the file is there, and nothing was restarted yet. */
  write(step: Extract<Step, { action: 'configure' }>): void {
    const server = this.get(step.server);
    server.stale = true;
    for (const change of step.changes) {
      if (change.kind === 'set-origin') server.origin = change.origin;
      const origin =
        change.kind === 'remove-partner' ? change.origin : 'partner' in change ? change.partner.origin : null;
      const others = server.file.filter((it) => it.origin !== origin);
      const at = server.file.findIndex((it) => it.origin === origin);
      if (change.kind === 'remove-partner') server.file = others;
      if (change.kind !== 'pin-partner' && change.kind !== 'set-partner') continue;
      const table =
        change.kind === 'set-partner'
          ? change.partner
          : { ...change.partner, certificate: this.pin(change.of) };
      server.file =
        at === -1 ? [...others, table] : server.file.map((it, index) => (index === at ? table : it));
    }
  }

  /** Starts a server anew; what was queued on it is dropped. */
  restart(id: ServerId): boolean {
    const server = this.get(id);
    if (!server.alive) return true;
    server.live = server.file;
    server.stale = false;
    server.queued = false;
    server.listens = server.origin !== null;
    if (server.origin !== null) server.certificate ??= { host: hostOf(server), renewals: 0 };
    this.settle();
    return true;
  }

  /** Lets refreshes happen, queued and automatic ones, in an order the adversary picks, until he has had enough of it. */
  settle(): void {
    for (let round = 0; round < 2 * this.servers.size + 2; round += 1) {
      const due = [...this.servers.values()].filter((it) => this.isDue(it));
      if (due.length === 0 || (!this.patient && this.choose(4) === 0)) return;
      const next = due[this.choose(due.length)];
      if (next) this.refresh(next);
    }
  }

  private isDue(server: WorldServer): boolean {
    const suppliers = this.suppliersOf(server.id);
    if (suppliers.length === 0) return false;
    const differs = suppliers.some((it) => this.get(it).data !== server.data);
    return server.queued || (server.live.some(isFlagged) && differs);
  }

  private refresh(server: WorldServer): void {
    const suppliers = this.suppliersOf(server.id);
    const tookFrom = suppliers[this.choose(suppliers.length)];
    if (tookFrom === undefined) return;
    server.queued = false;
    const { data } = this.get(tookFrom);
    const backedUp = server.backup === server.data;
    if (data !== server.data) this.erased.push({ server: server.id, tookFrom, data, backedUp });
    server.data = data;
  }

  /** Suppliers a server reaches as both run now. */
  private suppliersOf(id: ServerId): readonly ServerId[] {
    const server = this.get(id);
    const others = [...this.servers.values()].filter((it) => it.id !== id && it.alive);
    return server.alive
      ? others.filter((it) => this.reaches(server, server.live, it, it.live)).map((it) => it.id)
      : [];
  }

  /** By these tables of both: the name leads there and is in the certificate, each pins the other's. */
  private reaches(
    consumer: WorldServer,
    tables: readonly Partner[],
    supplier: WorldServer,
    theirs: readonly Partner[],
  ): boolean {
    // A server whose file lost [replication] has its certificate still, and shows it when it has it again.
    if (supplier.certificate === null || consumer.certificate === null) return false;
    const { host } = supplier.certificate;
    return (
      tables.some(
        ({ type, origin, certificate }) =>
          pulls(type) &&
          this.serverAt(origin) === supplier.id &&
          parseOrigin(origin)?.host === host &&
          certificate === this.pin(supplier.id),
      ) && theirs.some(({ type, certificate }) => allowsPull(type) && certificate === this.pin(consumer.id))
    );
  }

  private pin(id: ServerId): CertificateText {
    const renewals = this.get(id).certificate?.renewals;
    if (renewals === undefined) throw new Error(`${id} is pinned and has no certificate`);
    return certificateOfTest(id, renewals);
  }

  private get(id: ServerId): WorldServer {
    const server = this.servers.get(id);
    if (!server) throw new Error(`the world has no ${id}`);
    return server;
  }
}

const isFlagged = (partner: Partner): boolean => partner.automaticRefresh && pulls(partner.type);

const hostOf = ({ origin }: WorldServer): string => parseOrigin(origin ?? '')?.host ?? '';
