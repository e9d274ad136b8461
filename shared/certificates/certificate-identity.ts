import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate as X509 } from '@peculiar/asn1-x509';
import { unpadded } from '../base/base64';
import { remembered } from '../base/remembered';

const COMMON_NAME = '2.5.4.3';
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Whose certificate this is, across renewals: kanidmd writes the server's own uuid as the common name (measured on 1.2.0,
 * 1.10.5 and 1.11.1, `test/recorded/`).
 * @param text base64url of the DER bytes, as it is pinned.
 * @returns the uuid in lower case; null when it is no certificate or names none.
 */
export const certificateIdentity = remembered((text: string): string | null => {
  try {
    const plain = unpadded(text).replaceAll('-', '+').replaceAll('_', '/');
    const der = Uint8Array.from(atob(plain), (character) => character.charCodeAt(0));
    const { subject } = AsnConvert.parse(der, X509).tbsCertificate;
    for (const part of subject)
      for (const { type, value } of part) {
        const name = type === COMMON_NAME ? String(value) : '';
        if (uuid.test(name)) return name.toLowerCase();
      }
    return null;
  } catch {
    // atob and the ASN.1 reader throw on anything that is not a certificate.
    return null;
  }
});
