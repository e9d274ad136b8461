import type { X509Certificate } from 'node:crypto';
import net from 'node:net';
import type { Pin } from './certificate';

/** Why a certificate is not taken, in the words of rustls, and the alert the other end gets to see. */
export interface Verdict {
  /** As in `InvalidCertificate(…)`. */
  reason: string;
  /** As in `AlertReceived(…)` at the other end. */
  alert: string;
}

/**
 * Decides as a verifier does whose only trust anchors are the pinned certificates: a pin with the issuer's name
 * must exist, and its key must have signed. Node only knows yes or no, and which of the reasons it was is what the
 * log must say.
 * @param name the name that was dialled; undefined when a client is judged.
 * @returns undefined for a good certificate.
 */
export function judge(
  certificate: X509Certificate,
  pins: readonly Pin[],
  now: Date,
  name: string | undefined,
): Verdict | undefined {
  if (certificate.ca) return { reason: 'Other(OtherError(CaUsedAsEndEntity))', alert: 'CertificateUnknown' };
  if (now > new Date(certificate.validTo)) return { reason: 'Expired', alert: 'CertificateExpired' };
  if (now < new Date(certificate.validFrom)) return { reason: 'NotValidYet', alert: 'CertificateExpired' };
  const anchors = pins.filter((pin) => pin.subject === certificate.issuer);
  if (anchors.length === 0) return { reason: 'UnknownIssuer', alert: 'UnknownCA' };
  if (!anchors.some((pin) => certificate.verify(pin.publicKey)))
    return { reason: 'BadSignature', alert: 'DecryptError' };
  return name === undefined || fits(certificate, name) ? undefined : wrongName(certificate, name);
}

function fits(certificate: X509Certificate, name: string): boolean {
  return (
    (net.isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name, { subject: 'never' })) !==
    undefined
  );
}

function wrongName(certificate: X509Certificate, name: string): Verdict {
  const presented = (certificate.subjectAltName ?? '')
    .split(', ')
    .filter((entry) => entry !== '')
    .map((entry) => `"${printedName(entry).replaceAll('"', '\\"')}"`);
  const expected = net.isIP(name) ? `IpAddress(${name})` : `DnsName("${name}")`;
  return {
    reason: `NotValidForNameContext { expected: ${expected}, presented: [${presented.join(', ')}] }`,
    alert: 'BadCertificate',
  };
}

function printedName(entry: string): string {
  const address = /^IP Address:(.*)$/.exec(entry)?.[1];
  return address === undefined ? `DnsName("${entry.replace(/^DNS:/, '')}")` : `IpAddress(${address})`;
}
