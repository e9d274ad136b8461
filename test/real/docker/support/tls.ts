import 'reflect-metadata';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

interface Authority {
  readonly certificate: X509Certificate;
  readonly keys: CryptoKeyPair;
}

/**
 * Writes what an engine and its client need into two folders of `parent`, `server` and `client`, each with ca.pem,
 * cert.pem and key.pem, as Docker's own guide lays them out.
 */
export async function makeEngineCertificates(parent: string): Promise<{ server: string; client: string }> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: 'CN=test engine CA',
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  const authority = { certificate, keys };
  const server = await issue(authority, parent, 'server', ExtendedKeyUsage.serverAuth);
  const client = await issue(authority, parent, 'client', ExtendedKeyUsage.clientAuth);
  return { server, client };
}

async function issue(
  authority: Authority,
  parent: string,
  name: string,
  usage: ExtendedKeyUsage,
): Promise<string> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    ...validity(),
    subject: `CN=${name}`,
    issuer: authority.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new ExtendedKeyUsageExtension([usage]),
      new SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
    ],
  });
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'ca.pem'), `${authority.certificate.toString('pem')}\n`);
  writeFileSync(join(folder, 'cert.pem'), `${certificate.toString('pem')}\n`);
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const lines = key.match(/.{1,64}/g)?.join('\n') ?? '';
  writeFileSync(
    join(folder, 'key.pem'),
    `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`,
  );
  return folder;
}

const validity = () => ({
  notBefore: new Date(Date.now() - DAY_MS),
  notAfter: new Date(Date.now() + DAY_MS),
});
