import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import type { TLSSocket } from 'node:tls';
import { parseAddress } from '../addresses';
import { requestSchema, takeFrame } from '../replication/wire';
import { words } from '../replication/words';
import type { Context } from './context';

/**
 * The web server: answers `/status` with `true`, the clock in `Date` and the release in `X-KANIDM-VERSION`.
 * @returns the server, or the error as the log prints it.
 */
export async function openHttps(context: Context): Promise<https.Server | string> {
  const { config, log, version } = context;
  const address = parseAddress(config.bindAddress.split(',')[0] ?? '');
  if (!address) return 'invalid socket address';
  let server: https.Server;
  try {
    server = https.createServer({ cert: readFileSync(config.tlsChain), key: readFileSync(config.tlsKey) });
  } catch (error) {
    return String(error);
  }
  server.on('request', (request, response) => {
    response.setHeader('X-KANIDM-VERSION', version.id);
    response.setHeader('content-type', 'application/json');
    response.statusCode = request.url === '/status' ? 200 : 404;
    response.end(request.url === '/status' ? 'true' : 'null');
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
