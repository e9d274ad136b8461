import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { certifies, namesAddress } from './certificate-names';
import { readCertificate } from './read-certificate';

const text = readFileSync(new URL('../../test/field/certs/ip-as-dns-a.txt', import.meta.url), 'utf8').trim();

it('an address that stands in a certificate as a DNS name is not certified', () => {
  const read = readCertificate(text, {});
  if (!read.ok) throw new Error(read.error.detail);
  expect(read.value).toMatchObject({ names: ['10.20.30.92'], addresses: [] });
  expect(certifies(read.value, 'repl://10.20.30.92:8444')).toBe(false);
  expect(namesAddress(read.value, 'repl://10.20.30.92:8444')).toBe(true);
});

it.each([
  ['repl://10.20.30.92:8444', { names: ['10.20.30.92'], addresses: ['10.20.30.92'] }, true],
  ['repl://10.20.30.93:8444', { names: ['10.20.30.92'], addresses: ['10.20.30.92'] }, false],
  ['repl://A.example.com:8444', { names: ['a.example.com'], addresses: [] }, true],
  ['repl://a.example.com:8444', { names: ['*.example.com'], addresses: [] }, true],
  ['repl://a.b.example.com:8444', { names: ['*.example.com'], addresses: [] }, false],
  ['https://a.example.com', { names: ['a.example.com'], addresses: [] }, false],
])('%s and %j: %s', (origin, certificate, certified) => {
  expect(certifies(certificate, origin)).toBe(certified);
  expect(namesAddress(certificate, origin)).toBe(false);
});
