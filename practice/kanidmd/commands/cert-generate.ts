import 'reflect-metadata';
import { existsSync, writeFileSync } from 'node:fs';
import { createPrivateKey, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { Config } from '../config/load';
import { sayGoodbye, sayPreamble } from '../server/startup-words';
import type { Program } from './program';

/**
 * `kanidmd cert-generate`: makes the web server's certificate where the configuration wants it, if nothing is there.
 * One self-signed certificate that is its own authority; the real command makes two.
 */
export async function runCertGenerate(config: Config, program: Program): Promise<number> {
  const { version, log, clock } = program;
  sayPreamble(config, version, log);
  log.info('Running in certificate generate mode ...');
  const taken = [config.tlsChain, config.tlsKey].find((file) => existsSync(file));
  if (taken !== undefined) log.info(`Certificate already exists - ${taken}`);
  else await generate(config, clock.now());
  sayGoodbye(version, log);
  return 0;
}

async function generate(config: Config, now: Date): Promise<void> {
  x509.cryptoProvider.set(webcrypto as Crypto);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const host = URL.canParse(config.origin) ? new URL(config.origin).hostname : config.domain;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    keys,
    signingAlgorithm: algorithm,
    name: new x509.Name([{ CN: [{ utf8String: host }] }]),
    notBefore: now,
    notAfter: new Date(now.getTime() + 30 * 24 * 60 * 60 * 1000),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }]),
    ],
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const pem = createPrivateKey({ key, format: 'der', type: 'pkcs8' }).export({
    format: 'pem',
    type: 'pkcs8',
  });
  writeFileSync(config.tlsChain, `${certificate.toString('pem')}\n`, { mode: 0o444 });
  writeFileSync(config.tlsKey, pem, { mode: 0o400 });
}
