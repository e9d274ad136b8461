import type { RuleCode } from '../../fleet/rules/registry';
import type { Origin, ServerId } from '../../base/names';
import { parseOrigin, sameOrigin } from '../../base/origin';
import { acknowledgementNeeded } from '../../versions/versions';
import { type Partner, partnersOf } from '../../server-config/server-config';
import type { DesiredTable } from '../../fleet/model/desired';
import type { PlanBuilder } from './plan-builder';
import { samePin } from './played-server';
import type { PlanContext } from './plan-context';
import type { PlannedChange } from '../steps/configure';
import type { Eligibility } from './eligibility';

/**
 * What brings a server's file to the tables it should have: the difference and nothing else, from the file as the steps
 * so far leave it.
 */
export class ConfigDiff {
  private readonly removed: ReadonlySet<Origin>;
  private readonly bindaddresses: ReadonlyMap<ServerId, string | null>;

  constructor(
    private readonly context: PlanContext,
    private readonly eligibility: Eligibility,
    private readonly builder: PlanBuilder,
  ) {
    this.removed = new Set(context.fleet.removed);
    this.bindaddresses = new Map(context.fleet.servers.map((it) => [it.id, it.bindaddress]));
  }

  /** All of a server's links, as far as they can be written now. What cannot is reported. */
  all(id: ServerId): readonly PlannedChange[] {
    const drawn = new Set(this.eligibility.desired(id).map((table) => table.partner));
    // A partner that takes no part keeps the table it has: nothing is known of it that would make another one right.
    const keep = (owner: ServerId): boolean => drawn.has(owner) && !this.eligibility.takesPart(owner);
    return this.changes(id, this.eligibility.desired(id), keep);
  }

  /** Nothing but the tables given: every other one of the fleet's goes, that of an unreachable server too (rules 1, 5). */
  only(id: ServerId, tables: readonly DesiredTable[]): readonly PlannedChange[] {
    return this.changes(id, tables, () => false);
  }

  /** Origin, bindaddress and the acknowledgement line, as far as they are not so. */
  own(id: ServerId): readonly PlannedChange[] {
    const config = this.builder.config(id);
    const origin = this.context.origins.get(id);
    if (!config || origin === undefined) return [];
    const changes: PlannedChange[] = [];
    const version = this.context.observed.get(id)?.versionOnDisk ?? null;
    if (version !== null && acknowledgementNeeded(version) !== config.acknowledgement)
      changes.push({ kind: 'acknowledge', present: acknowledgementNeeded(version) });
    const own = config.replication?.origin ?? null;
    if (own === null || !sameOrigin(own, origin)) changes.push({ kind: 'set-origin', origin });
    const wanted = this.bindaddresses.get(id) ?? null;
    const now = config.replication?.bindaddress ?? null;
    const bindaddress = wanted ?? now ?? `0.0.0.0:${parseOrigin(origin)?.port ?? 8444}`;
    if (bindaddress !== now) changes.push({ kind: 'set-bindaddress', bindaddress });
    return changes;
  }

  /** A server's partner tables as the steps so far leave them. */
  partners(id: ServerId): readonly Partner[] {
    return partnersOf(this.builder.config(id));
  }

  private changes(
    id: ServerId,
    tables: readonly DesiredTable[],
    keep: (owner: ServerId) => boolean,
  ): PlannedChange[] {
    const partners = this.partners(id);
    const now = new Map(partners.map((partner) => [partner.origin, partner]));
    const owned = new Set(partners.map((partner) => this.context.ownerOf(partner)));
    const wanted = new Set(tables.map((table) => table.origin));
    const removals = partners.flatMap((partner): PlannedChange[] => {
      const owner = this.context.ownerOf(partner);
      const foreign = owner === null && !this.removed.has(partner.origin);
      if (wanted.has(partner.origin) || foreign || (owner !== null && keep(owner))) return [];
      return [{ kind: 'remove-partner', origin: partner.origin }];
    });
    const sets = tables.flatMap((table) =>
      this.set(id, table, now.get(table.origin), owned.has(table.partner)),
    );
    return [...(tables.length > 0 ? this.own(id) : []), ...removals, ...sets];
  }

  /** @param has whether it has a table for this partner, by whatever name. */
  private set(id: ServerId, table: DesiredTable, now: Partner | undefined, has: boolean): PlannedChange[] {
    const { partner, origin, type, automaticRefresh } = table;
    const certificate = this.eligibility.takesPart(partner)
      ? (this.builder.server(partner)?.certificate ?? null)
      : null;
    if (certificate === null) {
      if (!has) this.report(id, partner, 'certificate-unknown', this.heldBack(partner));
      return [];
    }
    if (!this.eligibility.willAgree(id, partner)) {
      this.report(
        id,
        partner,
        'domain-unjudged',
        'they are in different domains, and while the primary is not seen nothing says whose data wins',
      );
      return [];
    }
    const same =
      now !== undefined && 'known' in certificate && samePin(now.certificate, certificate.known.text);
    if (same && now.type === type && now.automaticRefresh === automaticRefresh) return [];
    return [{ kind: 'pin-partner', partner: { origin, type, automaticRefresh }, of: partner, certificate }];
  }

  private heldBack(partner: ServerId): string {
    return this.builder.server(partner)?.certificate === null
      ? `${partner} shows no certificate now`
      : `${partner} is held back`;
  }

  private report(id: ServerId, partner: ServerId, code: RuleCode, because: string): void {
    this.context.report(
      id,
      code,
      `The link between ${id} and ${partner} is not written on ${id}: ${because}.`,
      `Bring ${partner} back, or take it out of the fleet, then plan again.`,
      partner,
    );
  }
}
