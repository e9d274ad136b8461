import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { TLSSocket } from 'node:tls';
import { parseAddress } from '../addresses';
import { requestSchema, takeFrame } from '../replication/wire';
import { words } from '../replication/words';
import type { Context } from '../context';
import { Span } from '../span';
import { answerRequest } from './logins';

/**
 * The web server: answers `/status` with `true` and anonymous' logins, the clock in `Date` and the release in `X-KANIDM-VERSION`.
 * @returns the server, or the error as the log prints it.
 */
export async function openHttps(context: Context): Promise<https.Server | string> {
  const { config, log } = context;
  const address = parseAddress(config.bindAddress.split(',')[0] ?? '');
  if (!address) return 'invalid socket address';
  let server: https.Server;
  try {
    server = https.createServer({ cert: readFileSync(config.tlsChain), key: readFileSync(config.tlsKey) });
  } catch (error) {
    return String(error);
  }
  server.on('request', (request, response) => {
    void answer(request, response, context);
  });
  server.on('clientError', (error: Error & { rawPacket?: Buffer }, socket: TLSSocket) => {
    const alert = readAlert(error.rawPacket);
    if (alert !== undefined) log.error('Failed to create TLS stream', [['err', words.alert(alert)]]);
    socket.destroy();
  });
  try {
    server.listen(address.port, address.host);
    await once(server, 'listening');
  } catch {
    return 'Os { code: 98, kind: AddrInUse, message: "Address already in use" }';
  }
  return server;
}

/**
 * An answer carries the uuid that heads its lines in the log; `/status` is not logged, and a path that there is not has
 * neither (measured, 1.10.5 and 1.11.1).
 */
async function answer(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const opid = randomUUID();
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(Buffer.from(chunk as Uint8Array));
    if (chunks.length > 64) return void request.destroy();
  }
  const { method = 'GET', url = '/', headers } = request;
  const asked = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
  const reply = answerRequest(asked, context);
  const isStatus = url === '/status';
  const code = reply?.code ?? (isStatus ? 200 : 404);
  if (isStatus || reply !== null) {
    response.setHeader('x-kanidm-version', context.version.id);
    response.setHeader('x-kanidm-opid', opid);
  }
  response.setHeader('content-type', 'application/json');
  for (const [name, value] of Object.entries(reply?.headers ?? {})) response.setHeader(name, value);
  response.statusCode = code;
  response.end(JSON.stringify(reply === null ? (isStatus ? true : null) : reply.body));
  if (!reply?.span) return;
  const address = `${request.socket.remoteAddress ?? '127.0.0.1'}:${String(request.socket.remotePort ?? 0)}`;
  const span = new Span('request', [
    ['method', method],
    ['uri', url],
    ['version', 'HTTP/1.1'],
    ['connection_address', `"${address}"`],
    ['client_address', `"${request.socket.remoteAddress ?? '127.0.0.1'}"`],
    ['status_code', String(code)],
    ['latency', '1'],
    ['kopid', `"${opid}"`],
  ]);
  if (reply.warning !== undefined) span.warn(reply.warning);
  span.add(reply.span);
  context.log.finish(span, opid);
}

/** A consumer that dialled this port by mistake says why it leaves. */
function readAlert(packet: Buffer | undefined): string | undefined {
  const frame = packet && takeFrame(packet);
  if (!Buffer.isBuffer(frame)) return undefined;
  try {
    const request = requestSchema.safeParse(JSON.parse(frame.toString('utf8')));
    return request.success && request.data.say === 'alert' ? request.data.alert : undefined;
  } catch {
    return undefined;
  }
}
