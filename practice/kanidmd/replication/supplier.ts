import type { TLSSocket } from 'node:tls';
import { answerLimit } from '../clock';
import type { Pin } from '../certificate';
import { isBehind, oldestOf } from '../data/cid';
import { entryClasses } from '../data/entry';
import { judge } from '../judge';
import type { Context } from '../context';
import { Span } from '../span';
import { FrameReader, requestSchema, send } from './wire';
import { words } from './words';

/**
 * A database that holds people takes longer to come than an empty one: that is why the empty supplier won 8 of 8
 * refreshes (`kanidm.md`, "Refresh erases", 1). Real milliseconds, so that a lesson shows the same at any speed.
 */
const transfer = { leastMs: 300, eachMs: 5, mostMs: 800 };

/**
 * Answers one consumer. TLS itself let everyone in (Node would not tell why it refused): the client is judged when
 * its first message comes, because by then it has judged us, as in TLS 1.3.
 */
export async function answerConsumer(
  socket: TLSSocket,
  pins: readonly Pin[],
  context: Context,
): Promise<void> {
  const { log, clock, database, version } = context;
  const span = new Span('handle_repl_conn');
  const reader = new FrameReader(socket);
  const limit = clock.milliseconds(answerLimit.seconds, answerLimit.floorMs);
  const request = await reader.next(requestSchema, limit);
  const tlsError = (err: string) => log.error(words.tlsSetup, [['err', err]]);

  if (typeof request === 'string') {
    if (request !== 'timeout') tlsError(words.eof);
    socket.destroy();
    return;
  }
  if (request.say === 'alert') {
    tlsError(words.alert(request.alert));
    socket.destroy();
    return;
  }
  const certificate = socket.getPeerX509Certificate();
  const verdict = certificate
    ? judge(certificate, pins, clock.now(), undefined)
    : { reason: '', alert: 'CertificateRequired' };
  if (verdict) {
    tlsError(
      certificate
        ? words.invalid(verdict.reason)
        : 'Custom { kind: InvalidData, error: NoCertificatesPresented }',
    );
    send(socket, { say: 'alert', alert: verdict.alert });
    socket.end();
    return;
  }

  const own = database.now;
  const unwilling = (why: string) => (version.shape === 'early' ? span.error(why) : log.error(why));
  if (request.say === 'refresh') {
    const people = own.entries.filter((entry) => entryClasses(entry).includes('person')).length;
    const ms = people === 0 ? 0 : Math.min(transfer.leastMs + people * transfer.eachMs, transfer.mostMs);
    await new Promise((done) => setTimeout(done, ms));
    send(socket, { say: 'everything', ...database.refreshData() });
  } else if (request.domainUuid !== own.domainUuid) {
    unwilling('Replication - Consumer Domain UUID does not match our local domain uuid.');
    send(socket, { say: 'domain-mismatch' });
  } else if (isBehind(request.ruv, oldestOf(own.known))) {
    unwilling('Replication - Consumer is lagging and must be refreshed.');
    send(socket, { say: 'consumer-behind' });
  } else if (isBehind(own.ruv, request.oldest)) {
    unwilling('Replication - Supplier is lagging and must be investigated.');
    send(socket, { say: 'supplier-behind' });
  } else {
    const { domainLevel, ruv, known } = own;
    const entries = database.changesSince(request.ruv);
    send(socket, { say: 'changes', domainLevel, ruv, known, entries });
  }
  socket.end();
  if (version.shape === 'early') log.finish(span.end());
}
