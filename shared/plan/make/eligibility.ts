import { certifies } from '../../certificates/certificate-names';
import { supports } from '../../versions/versions';
import type { DomainUuid, ServerId } from '../../base/names';
import { versionOf } from '../../observed/observed-config';
import { parseOrigin } from '../../base/origin';
import { type Partner, partnersOf, pulls } from '../../server-config/server-config';
import { type DesiredTable, desiredTables } from '../../fleet/model/desired';
import type { PlanContext } from './plan-context';
import { renewalObstacles } from './renewal-obstacles';

/**
 * What part each server takes in a plan: whose data it is to hold, whether it is refreshed or renewed, and who is left
 * alone, with the reason said. An unreachable server holds back itself and the servers that need it, no other (`kanidm.md`,
 * "Refresh erases", 11).
 */
export class Eligibility {
  /** Nothing at all is changed on these: they do not run, cannot be read, or something about them is wrong. */
  private readonly untouchable: ReadonlySet<ServerId>;
  /** These and the untouchable get no new links. */
  private readonly held = new Set<ServerId>();
  private readonly tables = new Map<ServerId, readonly DesiredTable[]>();

  constructor(private readonly context: PlanContext) {
    const { fleet, topology, observed, problems } = context;
    const wrong = new Set(problems.flatMap((it) => (it.severity === 'error' ? [it.server] : [])));
    const ids = fleet.servers.map((server) => server.id);
    this.untouchable = new Set([
      ...ids.filter((id) => wrong.has(id) || observed.get(id)?.state !== 'running' || !this.isRead(id)),
      ...topology.ring,
    ]);
    for (const id of this.untouchable) this.held.add(id);
    for (const id of topology.order) {
      if (this.held.has(id)) continue;
      this.reportAutomatic(id);
      if (!this.canBeRenewed(id) || !this.canBeRefreshed(id)) this.held.add(id);
    }
  }

  /** May be restarted and have its file written. */
  readonly mayTouch = (id: ServerId): boolean => this.context.observed.has(id) && !this.untouchable.has(id);

  /** Gets what is drawn for it. */
  readonly takesPart = (id: ServerId): boolean => this.context.observed.has(id) && !this.held.has(id);

  /**
   * The domain a server is to hold: its primary's. While the primary cannot be seen, the domain the fleet file remembers,
   * so that a dead primary stops nobody else.
   */
  wantedDomain(id: ServerId): DomainUuid | null {
    const primary = this.context.topology.primaryOf(id);
    if (primary === null) return null;
    return this.context.observed.get(primary)?.domain?.uuid ?? this.context.fleet.domainUuid;
  }

  /** True when its database is replaced: it is another domain's than its primary's, or the operator asked for it. */
  toRefresh(id: ServerId): boolean {
    const primary = this.context.topology.primaryOf(id);
    const [wanted, own] = [this.wantedDomain(id), this.ownDomain(id)];
    if (primary === null || primary === id || wanted === null || own === null) return false;
    return own !== wanted || this.context.refresh.has(id);
  }

  /** True when a table between the two may be written: they are in one domain, or will be. */
  willAgree(id: ServerId, partner: ServerId): boolean {
    const [mine, theirs] = [id, partner].map((it) =>
      this.toRefresh(it) ? this.wantedDomain(it) : this.ownDomain(it),
    );
    return mine !== null && mine === theirs;
  }

  /**
   * True when its certificate is for another name than partners are to dial: a renewal takes the name from its origin
   * (`kanidm.md`, "Health": NotValidForNameContext). An address is written into it from 1.7.3 on.
   */
  toRenew(id: ServerId): boolean {
    const server = this.context.observed.get(id);
    const certificate = server?.certificate ?? null;
    const origin = parseOrigin(this.context.origins.get(id) ?? '');
    if (certificate === null || origin === null || this.desired(id).length === 0) return false;
    const version = server === undefined ? null : versionOf(server);
    const written = origin.ipVersion === 4 && version !== null && supports(version, 'address-origin');
    if (origin.isAddress && !written) return false;
    return !certifies(certificate, origin.origin);
  }

  /** The tables a server should have. Without automatic_refresh where a partner is unknown: it would ask that one too. */
  desired(id: ServerId): readonly DesiredTable[] {
    const known = this.tables.get(id);
    if (known) return known;
    const all = desiredTables(id, this.context.topology, this.context.origins);
    const unarmed = this.unknownPartners(id).some((it) => pulls(it.type));
    const tables = unarmed ? all.map((table) => ({ ...table, automaticRefresh: false })) : all;
    this.tables.set(id, tables);
    return tables;
  }

  /** Tables of partners that are neither in the fleet nor listed as removed: reported, never touched. */
  unknownPartners(id: ServerId): readonly Partner[] {
    const { fleet, ownerOf, observed } = this.context;
    const partners = partnersOf(observed.get(id)?.config);
    return partners.filter((it) => ownerOf(it) === null && !fleet.removed.includes(it.origin));
  }

  private ownDomain(id: ServerId): DomainUuid | null {
    return this.context.observed.get(id)?.domain?.uuid ?? null;
  }

  private isRead(id: ServerId): boolean {
    const server = this.context.observed.get(id);
    return server !== undefined && server.file !== null && server.config !== null;
  }

  private canBeRenewed(id: ServerId): boolean {
    const server = this.context.observed.get(id);
    if (!server || !this.toRenew(id)) return true;
    const others = [...this.context.observed.values()].filter((it) => it.id !== id && this.mayPin(it.id, id));
    const obstacles = renewalObstacles(server, others, this.context.ownerOf);
    for (const { code, message, fix, partner } of obstacles)
      this.context.report(
        id,
        code,
        `The certificate of ${id} is for ${server.certificate?.names.join(', ') ?? ''}, partners are to dial ${this.context.origins.get(id) ?? ''}, and it cannot be renewed now. ${message}`,
        fix,
        partner,
      );
    return obstacles.length === 0;
  }

  /** Linked with it, or has a table for it. */
  private mayPin(other: ServerId, id: ServerId): boolean {
    const { topology, observed, ownerOf } = this.context;
    const linked = topology.linksOf(id).some((link) => link.supplier === other || link.consumer === other);
    const partners = partnersOf(observed.get(other)?.config);
    return linked || partners.some((table) => ownerOf(table) === id);
  }

  /** Rule 2: automatic_refresh only with one supplier. The server goes on without. */
  private reportAutomatic(id: ServerId): void {
    const { topology, report } = this.context;
    const unknown = this.unknownPartners(id).filter((it) => pulls(it.type));
    const wanted = topology.linksIn(id).some((link) => link.automaticRefresh);
    if (wanted && unknown.length > 0)
      report(
        id,
        'automatic-refresh-beside-unknown',
        `${id} is drawn with automatic_refresh and pulls from a partner the fleet does not know too (${namesOf(unknown)}): it would take the data of whichever answers first. It stays off.`,
        'Add that partner to the fleet, list its origin under [[removed]], or draw the link without automatic refresh.',
      );
  }

  private canBeRefreshed(id: ServerId): boolean {
    const { topology, report } = this.context;
    const source = topology.sourceOf(id);
    if (!this.toRefresh(id) || source === null) return true;
    if (this.held.has(source)) {
      report(
        id,
        'source-not-ready',
        `${id} takes its data from ${source}, which is held back.`,
        `Fix ${source} first, or choose another supplier (refresh_from), then plan again.`,
        source,
      );
      return false;
    }
    const unknown = this.unknownPartners(id);
    if (unknown.length === 0) return true;
    report(
      id,
      'unknown-partner-blocks-refresh',
      `${id} has partners the fleet does not know (${namesOf(unknown)}): a refresh could take their data, or make them erase themselves.`,
      'Add them to the fleet, or list their origins under [[removed]].',
    );
    return false;
  }
}

const namesOf = (partners: readonly Partner[]): string =>
  partners.map((partner) => partner.origin).join(', ');
