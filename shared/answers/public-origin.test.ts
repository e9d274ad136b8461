import { expect, it } from 'vitest';
import { observedOfTest } from '../../test/support/fleet-fixtures';
import type { ObservedServer } from '../observed/observed';
import { originToAsk, readPublicOrigin } from './public-origin';

it.each([
  ['https://idm.example.com', 'https://idm.example.com', 443],
  ['https://IDM.example.com:443/', 'https://idm.example.com', 443],
  [' https://idm.example.com:8443/ui?x#y ', 'https://idm.example.com:8443', 8443],
  ['https://idm.example.com./', 'https://idm.example.com', 443],
  ['https://[::1]:8443', 'https://[::1]:8443', 8443],
  ['https://192.0.2.7', 'https://192.0.2.7', 443],
])('reads %s', (text, origin, port) => {
  expect(readPublicOrigin(text)).toMatchObject({ text: origin, port });
});

it('names host and port as HTTP does', () => {
  expect(readPublicOrigin('https://idm.example.com:443')?.authority).toBe('idm.example.com');
  expect(readPublicOrigin('https://[2001:db8::7]:8443')?.authority).toBe('[2001:db8::7]:8443');
});

it.each([
  ...['http://idm.example.com', 'ldaps://idm.example.com', 'idm.example.com', '', 'https://', 'https://a b'],
  ...['https://me@idm.example.com', 'https://me:pw@idm.example.com', 'https://-x.example.com'],
  ...['https://idm.example.com:0', 'https://idm.example.com:70000', `https://${'a.'.repeat(200)}com`],
])('refuses %s', (text) => {
  expect(readPublicOrigin(text)).toBeNull();
});

const server = (id: string, origin: string | null): ObservedServer => {
  const observed = observedOfTest({ id, domain: 'a', tables: [] });
  const { config } = observed;
  if (config === null) throw new Error('it has a file');
  return { ...observed, config: origin === null ? null : { ...config, origin } };
};

it('asks the one that is named, else the one that all servers have', () => {
  const [a, b] = [server('idm-a', 'https://idm.example.com'), server('idm-b', 'https://idm.example.com/')];
  const text = (...how: Parameters<typeof originToAsk>): string => {
    const read = originToAsk(...how);
    return read.ok ? read.value.text : read.error.code;
  };
  expect(text(null, [a, b])).toBe('https://idm.example.com');
  expect(text('https://other.example.com', [a])).toBe('https://other.example.com');
  expect(text(null, [a, server('idm-c', 'https://idm.example.org')])).toBe('origins-differ');
  expect(text(null, [a, server('idm-c', null)])).toBe('https://idm.example.com');
  expect(text(null, [server('idm-c', null)])).toBe('origin-unknown');
  expect(text('ftp://\u202eidm', [a])).toBe('origin-invalid');
});
