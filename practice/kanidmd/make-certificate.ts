import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import net from 'node:net';
import * as x509 from '@peculiar/x509';
import type { KeyCert } from './certificate';
import type { Version } from './versions';

// Only ever imported when a certificate is made: reading this library takes a third of a command's time.
x509.cryptoProvider.set(webcrypto as Crypto);

/**
 * Makes the self-signed certificate partners pin. Shape as recorded: P-256, CN is the server's uuid, the origin's
 * host in the SAN, server and client use.
 * @param origin `repl://NAME:PORT`; an IP becomes an IP SAN on newer releases (`kanidm.md`, "Addresses as origins").
 */
export async function makeKeyCert(
  serverUuid: string,
  origin: string,
  version: Version,
  now: Date,
): Promise<KeyCert> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const host = new URL(origin.replace(/^[a-z]+:/i, 'http:')).hostname.replace(/^\[|\]$/g, '');
  const notBefore = new Date(Math.floor(now.getTime() / 1000) * 1000);
  const names = [{ type: net.isIP(host) ? ('ip' as const) : ('dns' as const), value: host }];
  const shape = version.certificate === 'openssl' ? openSslShape : rustCryptoShape;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    keys,
    signingAlgorithm: algorithm,
    notBefore,
    ...shape(serverUuid, notBefore, names),
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificate: Buffer.from(certificate.rawData).toString('base64url'),
    key: createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' })
      .export({ format: 'pem', type: 'pkcs8' })
      .toString(),
  };
}

type Names = { type: 'dns' | 'ip'; value: string }[];
type Shape = Pick<x509.X509CertificateCreateParams, 'serialNumber' | 'notAfter' | 'extensions'> & {
  name: x509.Name;
};
const [serverAuth, clientAuth] = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'];

/** 1.3 and later: four years, one critical extended key usage, client first, **no key usage**. */
function rustCryptoShape(uuid: string, notBefore: Date, names: Names): Shape {
  const notAfter = new Date(notBefore);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + 4);
  return {
    // 01 before the uuid keeps the number positive; so the real ones look.
    serialNumber: `01${uuid.replaceAll('-', '')}`,
    name: new x509.Name([{ CN: [{ utf8String: uuid }] }, { O: [{ utf8String: 'Kanidm Replication' }] }]),
    notAfter,
    extensions: [
      new x509.ExtendedKeyUsageExtension([clientAuth, serverAuth], true),
      new x509.SubjectAlternativeNameExtension(names),
    ],
  };
}

/** Before 1.3: 180 days, serial 1, the usages OpenSSL wrote, the key id of an empty text (as recorded). */
function openSslShape(uuid: string, notBefore: Date, names: Names): Shape {
  return {
    serialNumber: '01',
    name: new x509.Name([{ O: [{ utf8String: 'Kanidm Replication' }] }, { CN: [{ utf8String: uuid }] }]),
    notAfter: new Date(notBefore.getTime() + 180 * 24 * 60 * 60 * 1000),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
        true,
      ),
      new x509.ExtendedKeyUsageExtension([serverAuth, clientAuth], false),
      new x509.SubjectKeyIdentifierExtension('da39a3ee5e6b4b0d3255bfef95601890afd80709'),
      new x509.SubjectAlternativeNameExtension(names),
    ],
  };
}
