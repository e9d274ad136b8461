import { parseOrigin } from '../base/origin';
import type { Certificate } from './certificate';

/**
 * Whether a partner that dials this origin accepts the certificate: the name stands in it exactly or by a wildcard of one
 * label, an IPv4 address as an address. An address that stands there as a DNS name, as versions before 1.7.3 write it,
 * is refused by TLS (measured).
 */
export function certifies(certificate: Pick<Certificate, 'names' | 'addresses'>, origin: string): boolean {
  const parts = parseOrigin(origin);
  if (parts === null) return false;
  const { host, isAddress } = parts;
  if (isAddress) return certificate.addresses.includes(host);
  return certificate.names.some((name) => {
    const lower = name.toLowerCase();
    return lower === host || (lower.startsWith('*.') && host.slice(host.indexOf('.')) === lower.slice(1));
  });
}

/** The address of an origin stands in the certificate, but as a DNS name. */
export function namesAddress(certificate: Pick<Certificate, 'names' | 'addresses'>, origin: string): boolean {
  const parts = parseOrigin(origin);
  return (
    parts?.isAddress === true && certificate.names.includes(parts.host) && !certifies(certificate, origin)
  );
}
