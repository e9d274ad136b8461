import { sameOrigin } from '../../base/origin';
import type { ServerId } from '../../base/names';
import type { ReportedPartner } from '../../observed/reported-replication';
import { pulls as pullsBy } from '../../server-config/server-config';
import type { DesiredTable } from '../model/desired';
import { type Fleet, type Link, pullsOf } from '../model/fleet';
import type { Change, Difference, LayerLink, LayerPull, Reading } from './difference';

/** One end of a pair of servers that runs: its table for the other. */
interface RunningEnd {
  readonly server: string;
  readonly partner: string;
  /** As it was read last; null: it has none. */
  readonly table: ReportedPartner | null;
  readonly isRead: boolean;
}

/** The same beside the drawing. */
interface End extends RunningEnd {
  /** As the drawing wants it; null: none. */
  readonly wanted: DesiredTable | null;
  /** The fingerprint of the certificate that the partner shows; null: not known. */
  readonly shown: string | null;
}

type Readings = ReadonlyMap<ServerId, Reading>;
type Wanted = ReadonlyMap<ServerId, readonly DesiredTable[]>;

/** All links, the drawn ones first. */
export function linksOf(fleet: Fleet, readings: Readings, wanted: Wanted): readonly LayerLink[] {
  const drawn = fleet.links.filter((link) => readings.has(link.supplier) && readings.has(link.consumer));
  const seen = new Set(drawn.flatMap((link) => [pairOf(link.supplier, link.consumer)]));
  const undrawn = undrawnPairs(fleet, readings).filter(([a, b]) => !seen.has(pairOf(a, b)));
  return [
    ...drawn.map((link) => layerLink(link, readings, wanted)),
    ...undrawn.map(([a, b]) => {
      const ends = [runningEnd(readings, a, b), runningEnd(readings, b, a)] as const;
      return undrawnLink(...ends, { kind: 'removed', changes: [], notRead: notReadOf(ends) });
    }),
  ];
}

const notReadOf = (ends: readonly RunningEnd[]): readonly string[] =>
  ends.flatMap(({ server, isRead }) => (isRead ? [] : [server]));

const pairOf = (a: ServerId, b: ServerId): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

/** Pairs of the fleet's servers of which one has a table for the other, each once, in the fleet's order. */
function undrawnPairs(fleet: Fleet, readings: Readings): readonly (readonly [ServerId, ServerId])[] {
  const place = new Map(fleet.servers.map(({ id }, index) => [id as string, { id, at: index }]));
  const found = new Map<string, readonly [ServerId, ServerId]>();
  for (const { id } of fleet.servers)
    for (const { server } of readings.get(id)?.last?.runsWith?.partners ?? []) {
      const other = server === null ? undefined : place.get(server);
      if (other === undefined || other.id === id) continue;
      const [a, b] = (place.get(id)?.at ?? 0) < other.at ? [id, other.id] : [other.id, id];
      found.set(pairOf(a, b), [a, b]);
    }
  return [...found.values()];
}

/** A link that runs and is not drawn. */
export function undrawnLink(a: RunningEnd, b: RunningEnd, difference: Difference): LayerLink {
  const ends = directed(a, b);
  return {
    supplier: ends[0].server,
    consumer: ends[1].server,
    drawn: null,
    observed: shapeOf(ends),
    difference,
    pulls: pullsIn(ends, null),
  };
}

/** Supplier first, as far as the servers say it: who refreshes itself, or alone pulls, is the consumer. */
function directed(a: RunningEnd, b: RunningEnd): readonly [RunningEnd, RunningEnd] {
  const pullsAlone = isPulling(a.table) && !isPulling(b.table);
  return pullsAlone || (a.table?.automaticRefresh === true && b.table?.automaticRefresh !== true)
    ? [b, a]
    : [a, b];
}

const runningEnd = (readings: Readings, server: ServerId, partner: ServerId): RunningEnd => ({
  ...{ server, partner, table: tableOf(readings, server, partner) },
  isRead: readings.get(server)?.notKnown === null,
});

const isPulling = (table: ReportedPartner | null): boolean => table !== null && pullsBy(table.type);

const tableOf = (readings: Readings, server: ServerId, partner: ServerId): ReportedPartner | null =>
  readings.get(server)?.last?.runsWith?.partners.find((it) => it.server === partner) ?? null;

function layerLink(drawn: Link, readings: Readings, wanted: Wanted): LayerLink {
  const { supplier, consumer } = drawn;
  const endOf = (server: ServerId, partner: ServerId): End => ({
    ...runningEnd(readings, server, partner),
    wanted: wanted.get(server)?.find((it) => it.partner === partner) ?? null,
    shown: readings.get(partner)?.last?.certificate?.fingerprint ?? null,
  });
  const ends = [endOf(supplier, consumer), endOf(consumer, supplier)] as const;
  const runs = ends.some(({ table }) => table !== null);
  return {
    supplier,
    consumer,
    drawn,
    observed: runs ? shapeOf(ends) : null,
    difference: differenceOf(ends, drawn),
    pulls: pullsIn(ends, drawn),
  };
}

function pullsIn(ends: readonly [RunningEnd, RunningEnd], drawn: Link | null): readonly LayerPull[] {
  const wanted = new Set<string>(drawn === null ? [] : pullsOf(drawn).map(({ consumer }) => consumer));
  // The consumer's own pull first, as in the drawing.
  return [...ends].reverse().flatMap(({ server, partner, table, isRead }) => {
    const runs = isRead || table !== null ? isPulling(table) : null;
    if (!wanted.has(server) && runs !== true) return [];
    return [{ consumer: server, supplier: partner, drawn: wanted.has(server), runs }];
  });
}

function differenceOf(ends: readonly [End, End], drawn: Link): Difference {
  const notRead = notReadOf(ends);
  if (notRead.length > 0) return { kind: 'not-known', changes: [], notRead };
  if (ends.every(({ table }) => table === null)) return { kind: 'new', changes: [], notRead };
  const changes = [...shapeChange(ends, drawn), ...ends.flatMap((end) => tableChanges(end, drawn))];
  return { kind: changes.length === 0 ? 'same' : 'changed', changes, notRead };
}

/** Which ways it runs, and is drawn. */
function shapeChange(ends: readonly [End, End], drawn: Link): readonly Change[] {
  if (ends.every(({ table, wanted }) => wanted === null || table?.type === wanted.type)) return [];
  const to = drawn.mutual ? BOTH_WAYS : oneWay(drawn.consumer);
  return [{ what: '', from: shapeOf(ends), to }];
}

const BOTH_WAYS = 'both ways';
const oneWay = (consumer: string): string => `one way, to ${consumer}`;

function shapeOf([supplier, consumer]: readonly [RunningEnd, RunningEnd]): string {
  const [mine, theirs] = [supplier.table?.type, consumer.table?.type];
  if (mine === 'mutual-pull' && theirs === 'mutual-pull') return BOTH_WAYS;
  if (mine === 'allow-pull' && theirs === 'pull') return oneWay(consumer.server);
  if (mine === 'pull' && theirs === 'allow-pull') return oneWay(supplier.server);
  const has = [supplier, consumer].flatMap(({ server, table, isRead }) =>
    table === null ? (isRead ? [`none on ${server}`] : []) : [`${table.type} on ${server}`],
  );
  return has.join(', ');
}

/** Only a consumer may ever be refreshed automatically: of a supplier it is named. */
function tableChanges({ server, partner, table, wanted, shown }: End, drawn: Link): readonly Change[] {
  if (table === null || wanted === null) return [];
  const changes: Change[] = [];
  if (table.automaticRefresh !== wanted.automaticRefresh)
    changes.push({
      what: server === drawn.consumer ? 'automatic refresh' : `automatic refresh of ${server}`,
      from: onOff(table.automaticRefresh),
      to: onOff(wanted.automaticRefresh),
    });
  if (!sameOrigin(table.origin, wanted.origin))
    changes.push({ what: `${server} knows ${partner} as`, from: table.origin, to: wanted.origin });
  if (shown !== null && table.fingerprint !== shown)
    changes.push({
      what: `${server} pins ${partner}’s certificate`,
      from: inShort(table.fingerprint),
      to: inShort(shown),
    });
  return changes;
}

const onOff = (on: boolean): string => (on ? 'on' : 'off');

/** Enough of a fingerprint to tell two apart. */
const inShort = (fingerprint: string | null): string =>
  fingerprint === null ? 'no certificate' : `${fingerprint.slice(0, 15)}…`;
