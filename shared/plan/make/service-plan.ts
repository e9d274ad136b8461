import { whyEndsWithStop } from '../../fleet/rules/containers';
import { ruleProblem, type RuleCode } from '../../fleet/rules/registry';
import type { Fleet } from '../../fleet/model/fleet';
import { readTopology } from '../../fleet/model/topology';
import type { Origin, ServerId } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { whyNoDatabase, whyOriginOutside } from '../../fleet/rules/domains';
import { parseOrigin } from '../../base/origin';
import { type Problem, problemOf } from '../../base/problem';
import { checkServerConfig } from '../../server-config/check-server-config';
import { allowsPull, partnersOf, pulls } from '../../server-config/server-config';
import type { PlanBuilder } from './plan-builder';
import { builderOf, planOf } from './make-plan';
import { type OwnerOf, ownersOf } from '../../fleet/model/owners';
import type { Plan } from '../model/plan';
import { stepWords } from './step-words';

/** What is asked of a server's process. `prove`: its pulls alone are proved, it is left as it is. */
export interface ServiceWish {
  readonly kind: 'start' | 'restart' | 'prove';
  readonly server: ServerId;
  /** The version that ran last, as the log of a server that does not run says; absent: not known. */
  readonly ranLast?: string;
}

/**
 * Starts or restarts kanidmd on one server and proves the pulls that its file and its partners' files let through. Nothing
 * is written. kanidmd reads its file at its start, so it is tested before (`electron/engine/deploy/guards/tested-file.ts`), shown where the process
 * has not read it, and held to the erase rules: a server that may erase itself once it runs is not started.
 *
 * A server that runs is not started, and one that does not run is started where a restart is asked for.
 */
export function makeServicePlan(fleet: Fleet, observed: readonly ObservedServer[], wish: ServiceWish): Plan {
  const topology = readTopology(fleet);
  const ownerOf = ownersOf(fleet, observed);
  const server = observed.find(({ id }) => id === wish.server);
  const runs = server?.state === 'running';
  const changes = wish.kind === 'restart' || (wish.kind === 'start' && !runs);
  const builder = builderOf(fleet, observed, changes && !runs ? wish.server : null);
  const problems: Problem[] = [
    // What stands against it is said by itself. A restart may be what cures a fault.
    ...observed.flatMap((it) => it.faults.map((fault) => problemOf(fault, 'warning'))),
    ...whyNot(wish, server),
  ];
  if (server === undefined || problems.some((it) => it.severity === 'error'))
    return planOf(builder, problems);
  const erasing = changes ? whyErasesItself(builder, server) : [];
  if (erasing.length > 0) return planOf(builder, [...problems, ...erasing]);
  if (changes && !runs) builder.start(wish.server, startRisk(server, wish));
  else if (changes) builder.restart(wish.server, stepWords.asked);
  if (changes || wish.kind === 'prove')
    prove(builder, wish.server, observed, ownerOf, [...topology.order, ...topology.alone]);
  return planOf(builder, problems);
}

function whyNot(wish: ServiceWish, server: ObservedServer | undefined): readonly Problem[] {
  const id = wish.server;
  const block = (code: RuleCode, message: string, fix: string, evidence?: string): Problem => ({
    ...ruleProblem(code, null, message, fix, { server: id }),
    ...(evidence === undefined ? {} : { evidence }),
  });
  if (server === undefined)
    return [block('no-such-server', `The fleet has no server ${id}.`, 'Check the id in the fleet file.')];
  if (server.state === 'unreachable' || server.file === null || server.config === null)
    return [
      block(
        'cannot-start',
        server.state === 'unreachable'
          ? `${id} cannot be reached, so kanidmd cannot be started there.`
          : `The server.toml of ${id} cannot be read, so kanidmd is not started: what it would do is not known.`,
        'Check the connection, and what stands beside this; then plan again.',
      ),
    ];
  const { container } = server.facts ?? {};
  return [
    // Of the fleet here: nothing else is planned.
    ...(container === undefined || wish.kind === 'prove' ? [] : whyEndsWithStop(server, container)).map(
      (it) => ({
        ...it,
        server: null,
      }),
    ),
    ...refusedFile(id, server, server.file, block),
    ...upgrades(wish, server, block),
    ...wrongDatabase(server, block),
  ];
}

type Block = (code: RuleCode, message: string, fix: string, evidence?: string) => Problem;

/** What kanidmd would not start with. It is tested again before the start, by kanidmd itself. */
function refusedFile(
  id: ServerId,
  { versionOnDisk, facts }: ObservedServer,
  file: NonNullable<ObservedServer['file']>,
  block: Block,
): readonly Problem[] {
  if (versionOnDisk === null) return [];
  const where = { server: id, file: file.path };
  return checkServerConfig(
    new TextEncoder().encode(file.text),
    versionOnDisk,
    where,
    facts?.overrides ?? null,
  )
    .filter(({ severity }) => severity === 'error')
    .map((it) => ({
      ...block(
        'file-refused',
        `kanidmd ${versionOnDisk} would not start with the server.toml of ${id}: ${it.message}`,
        it.fix,
        it.detail,
      ),
      where: it.where,
    }));
}

/** A start of another program than the one that ran last changes the database for good. */
function upgrades(wish: ServiceWish, server: ObservedServer, block: Block): readonly Problem[] {
  const id = wish.server;
  const last = versionOfLast(server, wish);
  const { versionOnDisk } = server;
  if (last === null || versionOnDisk === null || last === versionOnDisk) return [];
  return [
    block(
      'restart-is-an-upgrade',
      `${id} ${server.state === 'running' ? 'runs' : 'last ran'} kanidmd ${last}, and ${versionOnDisk} is on disk: a start would change the version of its database.`,
      `Back up and start ${id} yourself, as an upgrade.`,
    ),
  ];
}

const versionOfLast = ({ facts, log }: ObservedServer, { ranLast }: ServiceWish): string | null =>
  facts?.runningVersion ?? log?.runningVersion ?? ranLast ?? null;

/** What held a database before would begin with an empty one, or would not start with the one it has. */
function wrongDatabase(server: ObservedServer, block: Block): readonly Problem[] {
  const gone = whyNoDatabase(server);
  const outside = whyOriginOutside(server);
  return [
    ...(gone === null ? [] : [block('database-not-there', gone.message, gone.fix)]),
    ...(outside === null ? [] : [block('origin-outside-database', outside.message, outside.fix)]),
  ];
}

function startRisk(server: ObservedServer, wish: ServiceWish): string {
  const upgrade =
    versionOfLast(server, wish) === null
      ? 'which version of kanidmd ran here last is not known: if another one was installed since, this start upgrades the database'
      : '';
  const empty =
    server.databaseFile === 'missing' ? 'there is no database yet: kanidmd makes an empty one' : '';
  return [upgrade, empty].filter((it) => it !== '').join('; ');
}

/** Whether it may replace its own database once it has started. Nobody asked for that, so there is no backup either. */
function whyErasesItself(builder: PlanBuilder, { id, state }: ObservedServer): readonly Problem[] {
  const pending = builder.model.pending().filter(({ erased }) => erased === id);
  return pending
    .slice(0, 1)
    .map(({ by }) =>
      ruleProblem(
        'erases-itself',
        null,
        `${id} has automatic_refresh, and ${state === 'running' ? `is in another domain than ${by}` : 'which domain its database is in is not known while it does not run'}: once it starts, it may replace its own database with ${by}’s.`,
        `Set automatic_refresh = false in the server.toml of ${id} first, or start it by hand if that is what you want.`,
        { server: id },
      ),
    );
}

/** The proof of every pull of a server, both ways, that the files of both ends let through. */
function prove(
  builder: PlanBuilder,
  id: ServerId,
  observed: readonly ObservedServer[],
  ownerOf: OwnerOf,
  order: readonly ServerId[],
): void {
  const byId = new Map(observed.map((it) => [it.id, it]));
  const tablesOf = (of: ServerId) => partnersOf(byId.get(of)?.config);
  const runs = (of: ServerId): boolean => of === id || byId.get(of)?.state === 'running';
  const agree = (a: ServerId, b: ServerId): boolean => {
    const [mine, theirs] = [a, b].map((it) => byId.get(it)?.domain?.uuid ?? null);
    return mine === null || theirs === null || mine === theirs;
  };
  const suppliersOf = (consumer: ServerId): { server: ServerId; origin: Origin }[] =>
    tablesOf(consumer).flatMap((table) => {
      const supplier = pulls(table.type) ? ownerOf(table) : null;
      const origin = parseOrigin(table.origin)?.origin ?? null;
      if (supplier === null || origin === null || (consumer !== id && supplier !== id)) return [];
      const lets = tablesOf(supplier).some((it) => allowsPull(it.type) && ownerOf(it) === consumer);
      return lets && runs(supplier) && agree(consumer, supplier) ? [{ server: supplier, origin }] : [];
    });
  const partners = order.filter((it) => it !== id && runs(it));
  for (const consumer of [id, ...partners]) {
    const suppliers = suppliersOf(consumer);
    if (suppliers.length > 0) builder.verify(consumer, suppliers);
  }
}
