import { randomUUID } from 'node:crypto';
import { printAddress, type Address } from '../addresses';
import { answerLimit } from '../clock';
import type { Partner } from '../config/schema';
import { oldestOf } from '../data/cid';
import type { KeyCert } from '../certificate';
import type { Context } from '../context';
import type { Fields } from '../log-writer';
import { Span } from '../span';
import { dial } from './dial';
import { answerSchema, send, type Answer, type Request } from './wire';
import { words } from './words';

/** A partner we pull from, with what was found out about it. */
export interface Supplier {
  partner: Partner;
  name: string;
  addresses: readonly Address[];
}

/**
 * One round: asks the supplier for what changed, applies it, and prints the span.
 * @returns whether this server must be refreshed now.
 */
export async function runRound(
  supplier: Supplier,
  own: KeyCert,
  context: Context,
): Promise<'refresh' | undefined> {
  const { database, log, version } = context;
  const span = new Span('repl_run_consumer', spanFields(supplier, context, 'round'));
  const { domainUuid, ruv, known } = database.now;
  const request: Request = { say: 'incremental', domainUuid, ruv, oldest: oldestOf(known) };
  const answer = await ask(supplier, request, own, span, context);
  const automatic = supplier.partner.automaticRefresh;
  let outcome: 'refresh' | undefined;
  if (answer?.say === 'domain-mismatch' || answer?.say === 'consumer-behind') {
    const why = answer.say === 'consumer-behind' ? words.outdated : words.notEquivalent;
    span.error(why).error(words.mustRefresh);
    commit(span, context);
    if (automatic) span.warn(words.now);
    else span.error(words.manually);
    outcome = automatic ? 'refresh' : undefined;
  } else if (answer?.say === 'supplier-behind') {
    // The round says Success for all that, as it was reported.
    span.warn(words.ahead).error(words.supplierMustRefresh);
    commit(span, context);
    span.info('Incremental Replication Success');
  } else if (answer?.say === 'changes') {
    const trouble =
      answer.entries.length > 0 ? levelTrouble('incremental', answer.domainLevel, context) : undefined;
    if (trouble !== undefined) span.error(trouble).error('consumer was not able to apply changes.');
    else {
      const changed = database.apply(answer.entries, answer.ruv, answer.known);
      if (version.shape === 'early' && changed === 0) span.info('no changes are available');
      commit(span, context);
      span.info('Incremental Replication Success');
    }
  }
  log.finish(span.end());
  return outcome;
}

/**
 * Connects to the first address that works, asks, and says in the span what went wrong.
 * @returns the answer, or undefined when the span already tells why there is none.
 */
export async function ask(
  supplier: Supplier,
  request: Request,
  own: KeyCert,
  span: Span,
  context: Context,
): Promise<Answer | undefined> {
  const connecting = new Span('repl_consumer_connect_supplier');
  if (context.version.shape === 'early') span.add(connecting);
  for (const address of supplier.addresses) {
    const dialled = await dial(address, supplier.name, supplier.partner.pin, own, context);
    if (dialled.kind === 'tls')
      span.error(`Replication client TLS setup error, continuing -> ${dialled.err}`);
    if (dialled.kind !== 'connected') continue;
    connecting.end();
    send(dialled.socket, request);
    const limit = context.clock.milliseconds(answerLimit.seconds, answerLimit.floorMs);
    const answer = await dialled.reader.next(answerSchema, limit);
    dialled.socket.destroySoon();
    if (typeof answer !== 'string' && answer.say !== 'alert') return answer;
    sayNoAnswer(answer, span);
    return undefined;
  }
  connecting.end();
  span.error(
    `Unable to connect to supplier, tried to connect to [${supplier.addresses.map(printAddress).join(', ')}]`,
  );
  return undefined;
}

/** `incoming domain level …`, or undefined when this release can take data of that level. */
export function levelTrouble(
  what: 'incremental' | 'refresh',
  incoming: number,
  context: Context,
): string | undefined {
  const { domainLevel: most, minDomainLevel: least } = context.version;
  const start = `Unable to proceed with consumer ${what} - incoming domain level is`;
  if (incoming > most) return `${start} greater than our maximum supported level. ${incoming} > ${most}`;
  if (incoming < least) return `${start} lower than our minimum supported level. ${incoming} < ${least}`;
  return undefined;
}

/** The fields of a span head: `server_name` since 1.10, `domain` before (recorded). */
export function spanFields(supplier: Supplier, context: Context, what: 'round' | 'refresh'): Fields {
  const addresses: Fields = [['sock_addrs', `[${supplier.addresses.map(printAddress).join(', ')}]`]];
  const automatic: Fields = [['automatic_refresh', String(supplier.partner.automaticRefresh)]];
  const event: Fields = [['eventid', `"${randomUUID()}"`]];
  if (context.version.shape === 'modern') {
    const round: Fields = what === 'round' ? [...automatic, ['task_tx', 'broadcast::Sender']] : [];
    return [...addresses, ...round, ...event, ['server_name', supplier.name]];
  }
  const interval = context.config.replication?.taskPollInterval ?? 15;
  const settings =
    `ConsumerConnSettings { max_frame_bytes: 268435456, task_poll_interval: ${interval}s, ` +
    'replica_connect_timeout: 2s }';
  const start: Fields = [['domain', `"${supplier.name}"`], ...addresses];
  const rest: Fields = [['consumer_conn_settings', settings]];
  return what === 'round' ? [...start, ...automatic, ...rest, ...event] : [...start, ...rest];
}

/** Releases of 2024 print a span for each commit. */
export function commit(span: Span, context: Context): void {
  if (context.version.shape === 'early') span.add(new Span('qswt_commit', [], 0.9));
}

function sayNoAnswer(answer: string | { say: 'alert'; alert: string }, span: Span): void {
  if (answer === 'timeout') span.error('consumer response timeout');
  else if (answer === 'too large') span.error('requested decode frame too large');
  else {
    const err = typeof answer === 'string' ? words.eof : words.alert(answer.alert);
    span.error('Consumer decode error, unable to continue.', [['err', err]]);
    span.warn('Unable to cleanly shutdown TLS client connection', [['tls_err', words.brokenPipe]]);
  }
}
