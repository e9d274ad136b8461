import type { ServerId, Origin } from '../names';
import { parseOrigin, sameOrigin } from '../origin';
import type { Partner } from '../server-config/server-config';
import { acknowledgementNeeded } from '../server-config/versions';
import type { DesiredTable } from './desired';
import type { PlannedChange } from './plan';
import type { Known } from './known';

/**
 * What brings a server's file to the tables it should have: the difference and nothing else, from the file as the steps
 * so far leave it.
 */
export class FileChanges {
  /** Every origin the fleet speaks of. */
  private readonly names: ReadonlySet<Origin>;

  /** @param held servers that take no part: nobody pins them anew. */
  constructor(
    private readonly known: Known,
    private readonly held: ReadonlySet<ServerId>,
  ) {
    const { fleet, origins } = known;
    const dialled = fleet.links.flatMap((link) => [link.supplierOrigin, link.consumerOrigin]);
    this.names = new Set([
      ...origins.values(),
      ...fleet.removed,
      ...dialled.filter((origin) => origin !== null),
    ]);
  }

  /** Changes that leave exactly `tables` of the fleet's servers; tables the fleet does not know stay. */
  tables(id: ServerId, tables: readonly DesiredTable[]): PlannedChange[] {
    const { draft } = this.known;
    const wanted = new Set(tables.map((table) => table.origin));
    const unwanted = this.partners(id).filter(({ origin }) => this.names.has(origin) && !wanted.has(origin));
    const sets = tables.flatMap((table): PlannedChange[] => {
      const now = this.partners(id).find((partner) => sameOrigin(partner.origin, table.origin));
      const certificate = this.held.has(table.partner)
        ? null
        : (draft.server(table.partner)?.certificate ?? null);
      const shape = { origin: table.origin, type: table.type, automaticRefresh: table.automaticRefresh };
      if (certificate !== null) {
        const same = now && 'known' in certificate && now.certificate === certificate.known.text;
        if (same && now.type === table.type && now.automaticRefresh === table.automaticRefresh) return [];
        return [{ kind: 'pin-partner', partner: shape, of: table.partner, certificate }];
      }
      if (!now)
        this.known.report(
          id,
          'certificate-unknown',
          `The link between ${id} and ${table.partner} is not written: ${table.partner} shows no certificate now.`,
          `Bring ${table.partner} back, then plan again.`,
        );
      return [];
    });
    const removals = unwanted.map((partner): PlannedChange => ({
      kind: 'remove-partner',
      origin: partner.origin,
    }));
    const own = tables.length > 0 ? this.own(id) : [];
    return [...own, ...removals, ...sets];
  }

  /** Origin, bindaddress and the acknowledgement line, as far as they are not so. */
  own(id: ServerId): PlannedChange[] {
    const { fleet, origins, draft, observed } = this.known;
    const config = draft.config(id);
    const origin = origins.get(id);
    if (!config || origin === undefined) return [];
    const changes: PlannedChange[] = [];
    const version = observed.get(id)?.versionOnDisk ?? null;
    if (version !== null && acknowledgementNeeded(version) !== config.acknowledgement)
      changes.push({ kind: 'acknowledge', present: acknowledgementNeeded(version) });
    const own = config.replication?.origin ?? null;
    if (own === null || !sameOrigin(own, origin)) changes.push({ kind: 'set-origin', origin });
    const wanted = fleet.servers.find((server) => server.id === id)?.bindaddress ?? null;
    const now = config.replication?.bindaddress ?? null;
    const bindaddress = wanted ?? now ?? `0.0.0.0:${parseOrigin(origin)?.port ?? 8444}`;
    if (bindaddress !== now) changes.push({ kind: 'set-bindaddress', bindaddress });
    return changes;
  }

  /** Tables of partners that are neither in the fleet nor listed as removed: reported, never touched. */
  unknownPartners(id: ServerId): readonly Partner[] {
    return this.partners(id).filter((partner) => !this.names.has(partner.origin));
  }

  /** A server's partner tables as the steps so far leave them. */
  partners(id: ServerId): readonly Partner[] {
    return this.known.draft.config(id)?.replication?.partners ?? [];
  }
}
