import { createHash } from 'node:crypto';
import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { checkServerIdentity, connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { fail, type Fault, ok, type Place, type Result } from '../../../shared/base/result';
import { reported, type ReportedCertificate } from '../../../shared/certificates/certificate';
import { readCertificate } from '../../../shared/certificates/read-certificate';
import type { Call } from '../base/call';
import { limited } from '../base/limited';

/** What is read of an answer; nothing that is asked here answers with more. Bytes. */
const LONGEST_ANSWER = 64 * 1024;

/** A request of a web server, its answer bounded, its redirects not followed. */
export interface Asked {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

export interface Answered {
  readonly code: number;
  /** By their names in lower case. */
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** A TLS connection to a server whose certificate was seen. Nothing is sent before the caller trusts it. */
export interface Secured {
  /** DER. */
  readonly certificate: Uint8Array;
  readonly sha256: string;
  /** What TLS has against the name or the time; null: nothing. */
  readonly refused: string | null;
  /** Why Node's list of authorities does not trust who issued it, in OpenSSL's word for it; null: it does. This computer's own list is not asked. */
  readonly untrusted: string | null;
  ask(asked: Asked, call: Call): Promise<Result<Answered>>;
  close(): void;
}

/**
 * Shakes hands over a stream that leads to a server.
 * @param name of the origin: what is asked for, and what the certificate has to name.
 * @param now by the server's clock, milliseconds since the epoch: when the certificate has to be valid.
 * @returns fault `https-failed`, `timed-out` or `cancelled`.
 */
export async function secure(
  stream: Duplex,
  name: string,
  server: string,
  now: number,
  call: Call,
): Promise<Result<Secured>> {
  const where = { server };
  const socket = connect({
    socket: stream,
    // The caller compares the certificate with the one on the server's disk, which a chain of strangers cannot replace.
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    ...(isAddress(name) ? {} : { servername: name }),
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = () => socket;
  const done = await limited<null>(call, lateHttps(where, call.timeoutMs), (settle) => {
    socket.once('secureConnect', () => settle(ok(null)));
    socket.on('error', (error: Error) => settle(fail(httpsFailed(where, error))));
    socket.on('close', () =>
      settle(fail(httpsFailed(where, new Error('closed before a certificate was shown')))),
    );
    return () => socket.destroy();
  });
  if (!done.ok) {
    socket.destroy();
    return done;
  }
  const peer = socket.getPeerCertificate(true);
  return ok({
    certificate: peer.raw,
    sha256: createHash('sha256').update(peer.raw).digest('hex'),
    refused: whatIsRefused(peer, name, now),
    untrusted: chainFault(socket),
    ask: (asked, limit) => ask(socket, agent, name, where, asked, limit),
    close: () => {
      agent.destroy();
      socket.destroy();
    },
  });
}

/**
 * The certificate that a server showed, read.
 * @returns fault `certificate-invalid` when it cannot be read as one.
 */
export function shownCertificate({ certificate }: Secured, where: Place): Result<ReportedCertificate> {
  const read = readCertificate(Buffer.from(certificate).toString('base64url'), where);
  return read.ok ? ok(reported(read.value)) : read;
}

/** The name is judged apart: it hides what is wrong with the chain from nobody, as the chain is verified before it. */
function chainFault(socket: TLSSocket): string | null {
  const word = String(socket.authorizationError);
  return socket.authorized || word === 'ERR_TLS_CERT_ALTNAME_INVALID' ? null : word;
}

/** Its name and its time. */
function whatIsRefused(peer: DetailedPeerCertificate, name: string, now: number): string | null {
  if (Date.parse(peer.valid_to) < now) return `it ended on ${peer.valid_to}.`;
  if (Date.parse(peer.valid_from) > now) return `it begins on ${peer.valid_from}.`;
  // Clients of today do not take the common name for one, Node does.
  if (!/(?:^|, )(?:DNS|IP Address):/.test(peer.subjectaltname ?? ''))
    return 'it names no host (subjectAltName).';
  const wrong = checkServerIdentity(name, peer);
  return wrong === undefined ? null : `it does not name ${name}.`;
}

function ask(
  socket: TLSSocket,
  agent: Agent,
  name: string,
  where: Place,
  { method, path, headers = {}, body }: Asked,
  call: Call,
): Promise<Result<Answered>> {
  const sent = body === undefined ? null : Buffer.from(JSON.stringify(body));
  return limited<Answered>(call, lateHttps(where, call.timeoutMs), (settle) => {
    const lost = (error: Error): void => settle(fail(httpsFailed(where, error)));
    if (socket.destroyed) {
      lost(new Error('the connection was closed'));
      return () => undefined;
    }
    const type = sent === null ? {} : { 'content-type': 'application/json', 'content-length': sent.length };
    const request = httpsRequest(
      { method, path, agent, host: name, headers: { ...headers, ...type } },
      (reply) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        reply.on('error', lost).on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes <= LONGEST_ANSWER) chunks.push(chunk);
          else request.destroy(new Error(`it answers with more than ${LONGEST_ANSWER} bytes`));
        });
        reply.on('end', () =>
          settle(
            ok({
              code: reply.statusCode ?? 0,
              headers: reply.headers,
              text: Buffer.concat(chunks).toString(),
            }),
          ),
        );
      },
    );
    request.on('error', lost).end(sent ?? undefined);
    return () => request.destroy();
  });
}

const lateHttps = (where: Place, ms: number): Fault => ({
  code: 'timed-out',
  message: `Its HTTPS did not answer within ${ms / 1000} s.`,
  fix: 'Check that the server is up and not overloaded, then try again.',
  where,
});

const httpsFailed = (where: Place, error: Error): Fault => ({
  code: 'https-failed',
  message: `Its HTTPS broke off: ${error.message.trim()}`,
  fix: 'Look at bindaddress in its server.toml, and at what listens there.',
  where,
});

const isAddress = (name: string): boolean => /^[\d.]+$|:/.test(name);
