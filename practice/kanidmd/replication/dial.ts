import net from 'node:net';
import tls from 'node:tls';
import type { Address } from '../addresses';
import { readCertificate, type KeyCert, type Pin } from '../certificate';
import { connectLimit } from '../clock';
import { judge } from '../judge';
import type { Context } from '../context';
import { FrameReader, send } from './wire';
import { words } from './words';

/** A connection to a supplier, or why there is none. `tls` is the error as the log prints it. */
export type Dialled =
  | { kind: 'connected'; socket: tls.TLSSocket; reader: FrameReader }
  | { kind: 'unreachable' }
  | { kind: 'tls'; err: string };

/**
 * Connects to one address of a supplier and judges its certificate against the pin.
 * @param name the name that was dialled: it must be in the certificate.
 */
export function dial(
  address: Address,
  name: string,
  pin: Pin,
  own: KeyCert,
  context: Context,
): Promise<Dialled> {
  return new Promise((resolve) => {
    const socket = tls.connect({
      host: address.host,
      port: address.port,
      ...(net.isIP(name) ? {} : { servername: name }),
      cert: readCertificate(own).toString(),
      key: own.key,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
    });
    let reached = false;
    const finish = (result: Dialled) => {
      clearTimeout(timer);
      if (result.kind !== 'connected') socket.on('error', () => undefined).destroySoon();
      resolve(result);
    };
    const { clock } = context;
    const limit = clock.milliseconds(connectLimit.seconds, connectLimit.floorMs);
    const timer = setTimeout(() => finish({ kind: 'unreachable' }), limit);
    socket.once('connect', () => (reached = true));
    socket.once('error', (error) => finish(failure(error, reached)));
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      const verdict = certificate && judge(certificate, [pin], clock.now(), name);
      if (!certificate) return finish({ kind: 'tls', err: words.eof });
      if (!verdict) return finish({ kind: 'connected', socket, reader: new FrameReader(socket) });
      send(socket, { say: 'alert', alert: verdict.alert });
      finish({ kind: 'tls', err: words.invalid(verdict.reason) });
    });
  });
}

/** An accepted connection that ends before the handshake does is a TLS error, anything earlier is not. */
function failure(error: Error, reached: boolean): Dialled {
  if (!reached) return { kind: 'unreachable' };
  const protocol = 'code' in error && typeof error.code === 'string' && error.code.startsWith('ERR_SSL');
  return {
    kind: 'tls',
    err: protocol ? 'Custom { kind: InvalidData, error: InvalidMessage(InvalidContentType) }' : words.eof,
  };
}
