import type { ServerId } from '../../base/names';
import { problemOf } from '../../base/problem';
import { pulls } from '../../server-config/server-config';
import { configureWords, linkWords } from './configure-words';
import type { DesiredTable } from '../../fleet/model/desired';
import type { PlanBuilder } from './plan-builder';
import { ConfigDiff } from './config-diff';
import type { PlanContext } from './plan-context';
import { isOlderThanItsFile } from './older-than-file';
import type { PlannedChange } from '../steps/configure';
import type { Eligibility } from './eligibility';

/**
 * Draws up the steps, in the order of (`design.md`, "Deploying"): certificates first, of servers that keep their data together
 * with their links where that can be (`docs/decisions/0015`), then server by server outward from the primary. A server that is
 * to be refreshed pulls from its one source until the proof ("Refresh erases", rule 1), and no server that could erase itself by
 * surprise stays so meanwhile (rules 3, 5, 6, 8).
 */
export class StepPlanner {
  private readonly changes: ConfigDiff;
  /** Servers whose edit failed: their file is left alone. */
  private readonly failed = new Set<ServerId>();

  constructor(
    private readonly context: PlanContext,
    private readonly eligibility: Eligibility,
    private readonly builder: PlanBuilder,
  ) {
    this.changes = new ConfigDiff(context, eligibility, builder);
  }

  run(): void {
    const { topology } = this.context;
    const order = [...topology.order, ...topology.alone];
    // From the outermost inward: it is the secondaries that may erase themselves.
    [...order].reverse().forEach((id) => this.calm(id));
    const refreshed = (id: ServerId): boolean => this.eligibility.toRefresh(id);
    [...order.filter(refreshed), ...order.filter((id) => !refreshed(id))].forEach((id) => this.prepare(id));
    order.forEach((id) => this.link(id));
    const effects = this.builder.steps.filter((step) => step.action !== 'read-certificate');
    const touched = new Set([...effects.map((step) => step.server), ...this.context.unproved]);
    for (const id of order) this.verify(id, touched);
  }

  private readonly takesPart = (id: ServerId): boolean =>
    this.eligibility.takesPart(id) && !this.failed.has(id);

  /**
   * Before any pull is made to work: takes `automatic_refresh` off a live file wherever the fleet does not want it there
   * or the server's suppliers are about to change, and restarts servers that run with another file than the one that can be read.
   */
  private calm(id: ServerId): void {
    if (!this.eligibility.mayTouch(id)) return;
    const { refresh } = this.context;
    if (refresh.size > 1 && refresh.has(id) && this.takesPart(id)) {
      this.configure(id, this.changes.only(id, []), configureWords.cutOff(id));
      return;
    }
    const armed = this.changes.partners(id).filter((it) => it.automaticRefresh && pulls(it.type));
    if (armed.length > 0 && !this.mayStayAutomatic(id)) {
      const changes = armed.map((partner): PlannedChange => ({
        kind: 'set-partner',
        partner: { ...partner, automaticRefresh: false },
      }));
      this.configure(id, changes, configureWords.disarm(id));
      return;
    }
    const server = this.builder.server(id);
    if (server && isOlderThanItsFile(server.observed)) this.builder.restart(id, configureWords.olderThanFile);
  }

  /**
   * It pulls from nobody but the one supplier that is drawn so, and keeps its data. Should that supplier be refreshed, it
   * lets nobody in until it has been (`ConfigDiff.only`).
   */
  private mayStayAutomatic(id: ServerId): boolean {
    const suppliers = this.changes.partners(id).filter((it) => pulls(it.type));
    const wanted = this.eligibility.desired(id).find((table) => table.automaticRefresh);
    const supplier = suppliers[0];
    return (
      supplier !== undefined &&
      suppliers.length === 1 &&
      this.context.ownerOf(supplier) === wanted?.partner &&
      !this.eligibility.toRefresh(id)
    );
  }

  /**
   * A certificate of its own for every server, for the name partners dial. Servers that keep their data come last and, where its
   * partners' certificates are known by then, gets its links in the same step: that is one restart less, and its rounds
   * begin earlier.
   */
  private prepare(id: ServerId): void {
    if (!this.takesPart(id) || this.eligibility.desired(id).length === 0) return;
    const certificate = this.builder.server(id)?.certificate ?? null;
    if (certificate === null) {
      if (this.mayLinkAtOnce(id)) this.configure(id, this.changes.all(id), configureWords.prepareAndLink(id));
      else this.configure(id, this.changes.own(id), configureWords.prepare(id));
      this.builder.readCertificate(id);
    } else if (this.eligibility.toRenew(id) && 'known' in certificate) {
      const origin = this.context.origins.get(id) ?? '';
      this.configure(id, this.changes.own(id), configureWords.newOrigin(id, origin));
      this.builder.renewCertificate(id, certificate.known);
    }
  }

  /**
   * It keeps its data, never replaces it by itself, and everything its partner tables need is known or will be by then. A server
   * with `automatic_refresh` gets its tables in its turn only, after its supplier was refreshed: its own certificate is not
   * known yet, so nobody can say who would let it in.
   */
  private mayLinkAtOnce(id: ServerId): boolean {
    const known = ({ partner, automaticRefresh }: DesiredTable): boolean => {
      const certificate = this.builder.server(partner)?.certificate ?? null;
      const stays = certificate !== null && ('after' in certificate || !this.eligibility.toRenew(partner));
      return !automaticRefresh && this.takesPart(partner) && this.eligibility.willAgree(id, partner) && stays;
    };
    return !this.eligibility.toRefresh(id) && this.eligibility.desired(id).every(known);
  }

  private link(id: ServerId): void {
    if (!this.takesPart(id)) return;
    if (this.eligibility.toRefresh(id)) this.linkAndRefresh(id);
    else this.configureAll(id);
  }

  private configureAll(id: ServerId): void {
    const changes = this.changes.all(id);
    this.configure(id, changes, linkWords(id, changes, this.changes.partners(id), this.context));
  }

  /** Rule 1: one source only, backup, refresh, proof; the rest of its links after that. */
  private linkAndRefresh(id: ServerId): void {
    const source = this.context.topology.sourceOf(id);
    const domain = this.eligibility.wantedDomain(id);
    const fromSource = this.eligibility.desired(id).filter((table) => table.partner === source);
    const table = fromSource[0];
    if (source === null || domain === null || !table) return;
    const differs = this.builder.model.domain(id) !== domain;
    const automatic = table.automaticRefresh && differs;
    const changes = this.changes.only(id, fromSource);
    if (automatic) this.builder.backup(id);
    this.configure(
      id,
      changes,
      automatic ? configureWords.eraseItself(id, source) : configureWords.oneSource(id, source),
      automatic ? id : null,
    );
    if (this.failed.has(id)) return;
    if (!automatic) this.builder.backup(id);
    this.builder.refresh(id, source, table.origin, domain, automatic ? 'automatic' : 'command');
    this.configure(id, this.changes.all(id), configureWords.otherLinks(id, source));
  }

  private verify(id: ServerId, touched: ReadonlySet<ServerId>): void {
    if (!this.takesPart(id)) return;
    const worth = ({ type, partner }: DesiredTable): boolean =>
      pulls(type) &&
      this.takesPart(partner) &&
      (touched.has(id) || touched.has(partner)) &&
      this.builder.model.works(id, partner);
    const suppliers = this.eligibility
      .desired(id)
      .filter(worth)
      .map((table) => ({ server: table.partner, origin: table.origin }));
    if (suppliers.length > 0) this.builder.verify(id, suppliers);
  }

  private configure(
    id: ServerId,
    changes: readonly PlannedChange[],
    words: { readonly summary: string; readonly why: string; readonly requires?: readonly string[] },
    mayErase: ServerId | null = null,
  ): void {
    if (changes.length === 0 || this.failed.has(id)) return;
    const source = this.context.topology.sourceOf(id);
    const needs = [source === null ? null : (this.builder.server(source)?.last ?? null)];
    const done = this.builder.configure(id, changes, { ...words, needs }, mayErase);
    if (done.ok) return;
    this.context.problems.push({ ...problemOf(done.error), server: null });
    this.failed.add(id);
  }
}
