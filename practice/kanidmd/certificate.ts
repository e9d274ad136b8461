import { X509Certificate as NodeCertificate } from 'node:crypto';
import type { Version } from './versions';

/** A partner's certificate as it stands in server.toml, read. */
export type Pin = NodeCertificate;

/** A server's own replication certificate with its key, kept in its database. */
export interface KeyCert {
  /** base64url of the DER, unpadded; releases of 2024 pad it when printing. */
  certificate: string;
  /** PKCS#8 in PEM. */
  key: string;
}

/** How a certificate is printed: padded on releases of 2024 (recorded). */
export function printCertificate(keyCert: KeyCert, version: Version): string {
  const text = keyCert.certificate;
  return version.shape === 'early' ? text.padEnd(Math.ceil(text.length / 4) * 4, '=') : text;
}

/** The certificate in a form TLS and readers take. */
export function readCertificate(keyCert: KeyCert): NodeCertificate {
  return new NodeCertificate(Buffer.from(keyCert.certificate, 'base64url'));
}

/**
 * Reads a pinned certificate as strictly as Kanidm: base64url with or without padding, and no stray bits in the
 * last letter (recorded: `MIInotacert` is refused as base64, not as a certificate).
 * @returns the certificate, or the message for the operator.
 */
export function parsePin(text: string): Pin | string {
  const bare = text.replace(/=+$/, '');
  const bytes = Buffer.from(bare, 'base64url');
  if (bare === '' || bytes.toString('base64url') !== bare) return 'base64 url-safe invalid';
  try {
    return new NodeCertificate(bytes);
  } catch {
    return 'x509 der invalid';
  }
}
