import { X509Certificate } from 'node:crypto';
import { posix } from 'node:path';
import { type Fault, fail, ok, type Result } from '../../../shared/base/result';
import { runsWith } from '../../../shared/observed/observed-config';
import { readSocketAddress } from '../../../shared/server-config/socket-address';
import type { Call } from '../base/call';
import type { TcpAddress } from '../connect/connection';
import type { Site } from '../deploy/deployment/deployment';

/** A chain has a few certificates of some 2 kB. */
const LONGEST_CHAIN = 256 * 1024;
/** kanidmd's own, where the file says nothing (source 1.10.5). */
const DEFAULT_BINDADDRESS = '127.0.0.1:8443';

/** Where a running server's HTTPS listens. @returns fault `https-not-asked`. */
export function addressOf({ server: { id }, observed }: Site): Result<TcpAddress> {
  const config = runsWith(observed);
  if (observed.state !== 'running')
    return fail(noWay(id, `It is ${observed.state}.`, 'Start it, or reach it again.'));
  if (config === null) return fail(notKnown(id, 'Its configuration'));
  const address = readSocketAddress(config.bindaddress ?? DEFAULT_BINDADDRESS);
  return address === null ? fail(notKnown(id, 'The address of its HTTPS')) : ok(address);
}

/**
 * The first certificate of a server's `tls_chain`, by its SHA-256, hex.
 * @returns fault `https-not-asked`, or why the file was not read.
 */
export async function onDiskOf(
  { server: { id }, observed, connection }: Site,
  call: Call,
): Promise<Result<string>> {
  const chainPath = runsWith(observed)?.tlsChain ?? null;
  if (chainPath === null || observed.file === null) return fail(notKnown(id, 'Its tls_chain'));
  const path = posix.resolve(posix.dirname(observed.file.path), chainPath);
  const chain = await connection.readFile(path, { ...call, maxBytes: LONGEST_CHAIN });
  if (!chain.ok)
    return fail({ ...chain.error, message: `Its tls_chain was not read: ${chain.error.message}` });
  const first = firstOf(chain.value.bytes);
  return first === null
    ? fail(noWay(id, `${path} holds no certificate.`, 'Put its chain there, in PEM.'))
    : ok(first);
}

/** The first certificate of a PEM file; null: there is none. */
function firstOf(bytes: Uint8Array): string | null {
  try {
    return new X509Certificate(bytes).fingerprint256.replaceAll(':', '').toLowerCase();
  } catch {
    return null;
  }
}

/** Why a server's HTTPS is not asked. */
export const noWay = (server: string, message: string, fix: string): Fault => ({
  ...{ code: 'https-not-asked', message, fix, where: { server } },
});

const notKnown = (server: string, what: string): Fault =>
  noWay(server, `${what} is not known.`, 'Let Kanilink read its server.toml.');
