import { sha256 } from '@noble/hashes/sha2.js';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate as X509, id_ce_subjectAltName, SubjectAlternativeName } from '@peculiar/asn1-x509';
import { certificateText, type Fingerprint, trusted } from '../base/names';
import { type Fault, fail, ok, type Place, type Result } from '../base/result';
import type { Certificate } from './certificate';
import { unpadded } from '../base/base64';
import { remembered } from '../base/remembered';

/** Replication certificates have some 600 characters; beyond this it is something else. */
const LONGEST = 64 * 1024;

/**
 * Reads a replication certificate as kanidmd prints it and as server.toml pins it: base64url of the DER bytes, padding
 * allowed. Runs in the window too.
 * @returns fault `certificate-invalid` when it is not a certificate.
 */
export function readCertificate(text: string, where: Place): Result<Certificate> {
  if (text.length > LONGEST)
    return fail(invalid(where, `It has ${text.length} characters; one has some 600.`));
  const read = readText(text);
  return typeof read === 'string' ? fail(invalid(where, read)) : ok(read);
}

/** The certificate, or why the bytes are not one. */
const readText = remembered((text: string): Certificate | string => {
  const pin = certificateText(text);
  const der = pin === null ? null : decode(pin);
  if (pin === null || der === null) return 'It is not base64url text.';
  try {
    const certificate = AsnConvert.parse(der, X509);
    // A parser that stops early would give two texts the same meaning but not the same pin.
    if (AsnConvert.serialize(certificate).byteLength !== der.length) return 'Bytes follow the certificate.';
    const { validity, extensions } = certificate.tbsCertificate;
    const notBefore = validity.notBefore.getTime();
    const notAfter = validity.notAfter.getTime();
    if (Number.isNaN(notBefore.getTime()) || Number.isNaN(notAfter.getTime()))
      return 'Its dates cannot be read.';
    return {
      text: pin,
      fingerprint: trusted<Fingerprint>(`SHA256:${base64(sha256(der))}`),
      notBefore: iso(notBefore),
      notAfter: iso(notAfter),
      ...namesOf(extensions?.find((it) => it.extnID === id_ce_subjectAltName)?.extnValue.buffer),
    };
  } catch (error) {
    // The ASN.1 reader throws on anything that is not a certificate.
    return error instanceof Error ? error.message : String(error);
  }
});

function namesOf(extension: ArrayBuffer | undefined): Pick<Certificate, 'names' | 'addresses'> {
  const all = extension === undefined ? [] : [...AsnConvert.parse(extension, SubjectAlternativeName)];
  return {
    names: all.flatMap((name) => name.dNSName ?? name.iPAddress ?? []),
    addresses: all.flatMap((name) => name.iPAddress ?? []),
  };
}

function decode(text: string): Uint8Array<ArrayBuffer> | null {
  const plain = unpadded(text).replaceAll('-', '+').replaceAll('_', '/');
  try {
    return Uint8Array.from(atob(plain), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

const base64 = (bytes: Uint8Array): string => unpadded(btoa(String.fromCharCode(...bytes)));

/** Certificates have whole seconds. */
const iso = (date: Date): string => date.toISOString().replace('.000Z', 'Z');

const invalid = (where: Place, detail: string): Fault => ({
  code: 'certificate-invalid',
  message: 'This is not a certificate as kanidmd prints it.',
  fix: 'Copy the whole text that kanidmd show-replication-certificate prints.',
  detail,
  where,
});
