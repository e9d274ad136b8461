import type { ServerId } from '../names';
import { sameOrigin } from '../origin';
import { problemOf } from '../problem';
import { pulls } from '../server-config/server-config';
import { type DesiredTable, desiredTables } from './desired';
import { FileChanges } from './file-changes';
import type { Known } from './known';
import type { PlannedChange } from './plan';

/**
 * Draws up the steps, in the order of "Deploying" (`design.md`): certificates first, then server by server outward from
 * the primary. Whoever is to be refreshed pulls from its one source until the proof ("Refresh erases", rule 1), and
 * nobody who could erase himself by surprise is left armed meanwhile (rules 3, 5, 6).
 */
export class PlanMaker {
  private readonly held: Set<ServerId>;
  private readonly changes: FileChanges;

  constructor(private readonly known: Known) {
    const { fleet, topology, observed, problems } = known;
    this.held = new Set(
      fleet.servers
        .map((server) => server.id)
        .filter(
          (id) =>
            observed.get(id)?.state !== 'running' ||
            problems.some((it) => it.severity === 'error' && it.server === id),
        ),
    );
    for (const id of topology.ring) this.held.add(id);
    this.changes = new FileChanges(known, this.held);
  }

  run(): void {
    const { topology, draft } = this.known;
    const order = [...topology.order, ...topology.alone];
    order.forEach((id) => this.disarm(id));
    order.forEach((id) => this.prepare(id));
    order.forEach((id) => this.link(id));
    order.forEach((id) => this.restartIfOlderThanFile(id));
    const effects = draft.steps.filter((step) => step.action !== 'read-certificate');
    const touched = new Set(effects.map((step) => step.server));
    for (const id of order) this.verify(id, touched);
  }

  private readonly takesPart = (id: ServerId): boolean =>
    !this.held.has(id) && this.known.draft.server(id) !== undefined;

  /**
   * Takes `automatic_refresh` off a live file wherever the fleet does not want it there, or where the server is about
   * to be refreshed: between now and then any restart could erase it from the wrong supplier.
   */
  private disarm(id: ServerId): void {
    if (!this.takesPart(id)) return;
    const armed = this.changes
      .partners(id)
      .filter((partner) => partner.automaticRefresh && pulls(partner.type));
    const wanted = this.desired(id).find((table) => table.automaticRefresh);
    const asWanted =
      armed.length === 1 && armed.every((it) => wanted && sameOrigin(it.origin, wanted.origin));
    if (armed.length === 0 || (asWanted && !this.toRefresh(id) && !this.changesTables(id))) return;
    this.configure(
      id,
      armed.map((partner) => ({ kind: 'set-partner', partner: { ...partner, automaticRefresh: false } })),
      {
        summary: `Turn automatic_refresh off on ${id}`,
        why: 'Until its links are as drawn, a restart could make it erase itself from the wrong supplier.',
      },
    );
  }

  /** Gives a server `[replication]`, so that it makes its certificate; restarts nothing else. */
  private prepare(id: ServerId): void {
    if (!this.takesPart(id) || this.desired(id).length === 0) return;
    const server = this.known.draft.server(id);
    if (!server || server.certificate !== null) return;
    this.configure(id, this.changes.own(id), {
      summary: `Set up replication on ${id}`,
      why: 'It makes its certificate only once it has [replication].',
    });
    this.known.draft.readCertificate(id);
  }

  private link(id: ServerId): void {
    if (!this.takesPart(id)) return;
    if (this.toRefresh(id)) this.linkAndRefresh(id);
    else
      this.configure(id, this.changes.tables(id, this.desired(id)), {
        summary: `Write ${id}'s links`,
        why: `So that ${this.partnersInWords(id)} and ${id} know each other's certificate and direction.`,
      });
  }

  /** Rule 1: one source only, backup, refresh, proof; the rest of its links after that. */
  private linkAndRefresh(id: ServerId): void {
    const { topology, draft, observed } = this.known;
    const source = topology.sourceOf(id);
    const primary = topology.primaryOf(id);
    const domain = primary === null ? null : (observed.get(primary)?.domain?.uuid ?? null);
    if (source === null || domain === null || !this.canBeRefreshed(id, source)) return;
    const all = this.desired(id);
    const fromSource = all.filter((table) => table.partner === source);
    const table = fromSource[0];
    if (!table) return;
    const automatic = table.automaticRefresh;
    if (automatic) draft.backup(id);
    this.configure(
      id,
      this.changes.tables(id, fromSource),
      {
        summary: automatic
          ? `Let ${id} pull from ${source}, and erase itself`
          : `Let ${id} pull from ${source} only`,
        why: automatic
          ? `With automatic_refresh it replaces its database by ${source}'s in its first round.`
          : 'A server with several suppliers takes the data of whichever answers first; so it has one until it is refreshed.',
      },
      automatic ? id : null,
    );
    if (!automatic) draft.backup(id);
    draft.refresh(id, source, table.origin, domain, automatic ? 'automatic' : 'command');
    this.configure(id, this.changes.tables(id, all), {
      summary: `Write ${id}'s other links`,
      why: `${id} holds ${source}'s data now: its other partners can no longer erase it.`,
    });
  }

  private canBeRefreshed(id: ServerId, source: ServerId): boolean {
    if (!this.takesPart(source)) {
      this.known.report(
        id,
        'source-not-ready',
        `${id} takes its data from ${source}, which is held back.`,
        `Mend ${source} first, then plan again.`,
      );
      return false;
    }
    const unknown = this.changes.unknownPartners(id);
    if (unknown.length === 0) return true;
    const names = unknown.map((partner) => partner.origin).join(', ');
    this.known.report(
      id,
      'unknown-partner-blocks-refresh',
      `${id} has partners the fleet does not know (${names}): a refresh could take their data, or make them erase themselves.`,
      'Add them to the fleet, or list their origins under [[removed]].',
    );
    return false;
  }

  private restartIfOlderThanFile(id: ServerId): void {
    if (!this.takesPart(id)) return;
    const server = this.known.draft.server(id);
    const startedAt = server?.observed.facts?.startedAt ?? null;
    if (!server || server.wrote !== null || startedAt === null || server.file.modifiedAt <= startedAt) return;
    this.known.draft.restart(
      id,
      'Its server.toml was changed after it started; partners are read only at start.',
    );
  }

  private verify(id: ServerId, touched: ReadonlySet<ServerId>): void {
    if (!this.takesPart(id)) return;
    const suppliers = this.desired(id)
      .filter((table) => table.type !== 'allow-pull' && this.takesPart(table.partner))
      .filter((table) => touched.has(id) || touched.has(table.partner))
      .map((table) => ({ server: table.partner, origin: table.origin }));
    if (suppliers.length > 0) this.known.draft.verify(id, suppliers);
  }

  /** True when its database is another domain's than its primary's. */
  private toRefresh(id: ServerId): boolean {
    const { topology, observed } = this.known;
    const primary = topology.primaryOf(id);
    if (primary === null || primary === id || this.held.has(primary)) return false;
    const wanted = observed.get(primary)?.domain?.uuid ?? null;
    const own = observed.get(id)?.domain?.uuid ?? null;
    return wanted !== null && own !== null && own !== wanted;
  }

  private desired(id: ServerId): readonly DesiredTable[] {
    return desiredTables(id, this.known.topology, this.known.origins);
  }

  private readonly changesTables = (id: ServerId): boolean =>
    this.changes.tables(id, this.desired(id)).length > 0;

  private configure(
    id: ServerId,
    changes: readonly PlannedChange[],
    words: { readonly summary: string; readonly why: string },
    mayErase: ServerId | null = null,
  ): void {
    if (changes.length === 0) return;
    const source = this.known.topology.sourceOf(id);
    const needs = [source === null ? null : (this.known.draft.server(source)?.last ?? null)];
    const done = this.known.draft.configure(id, changes, { ...words, needs }, mayErase);
    if (!done.ok) {
      this.known.problems.push({ ...problemOf(done.error), server: null });
      this.held.add(id);
    }
  }

  private partnersInWords(id: ServerId): string {
    return [...new Set(this.desired(id).map((table) => table.partner))].join(', ') || 'its partners';
  }
}
