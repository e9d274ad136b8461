import { describe, expect, it } from 'vitest';
import { isHost, isLocalPath, isUser, readHostPort, readSshEndpoint } from './reach-names';

describe('a host', () => {
  it.each([
    'idm-b',
    'idm-b.example.com',
    '192.0.2.7',
    'my_alias',
    '::1',
    'fe80::1%eth0',
    '::',
    '1:2:3:4:5:6:7:8',
    '2001:db8::7',
    '::ffff:192.0.2.7',
  ])('may be %s', (text) => expect(isHost(text)).toBe(true));
  it.each([
    '',
    '-oProxyCommand=x',
    '.hidden',
    'a..b',
    'a b',
    'a,b',
    '*',
    'a|b',
    'a;b',
    '$(a)',
    'a\u001b[1G',
    'a\u0000',
    'a\u202e',
    'ünder.example',
    'a/b',
    '1:2',
    ':::',
    ':1',
    '1::2:',
    ':1::2',
    '1:2:3',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    'fe80::1%',
    'fe80::1%a b',
    'fe80::1%a%b',
    '12345::1',
    'x'.repeat(254),
  ])('is not %j', (text) => expect(isHost(text)).toBe(false));
});

describe('a user', () => {
  it.each(['root', 'ada', 'ada@corp.example', 'CORP+ada', 'CORP\\ada', 'ada.l-2', '_apt', '1000'])(
    'may be %s',
    (text) => expect(isUser(text)).toBe(true),
  );
  it.each([
    '',
    '-l',
    'a b',
    'a\nb',
    "a'b",
    'a$b',
    'a;b',
    'a\\',
    '@',
    '+a',
    'a,b',
    'a*',
    '\u001b[1G',
    'a\u202eb',
    'x'.repeat(257),
  ])('is not %j', (text) => expect(isUser(text)).toBe(false));
});

describe('an endpoint over SSH', () => {
  it.each([
    ['ssh://admin@192.0.2.7:2222', 'admin', '192.0.2.7', 2222],
    ['ssh://alias', null, 'alias', null],
    ['ssh://admin@[::1]:22/', 'admin', '::1', 22],
    ['ssh://ada@corp.example@idm-b:22', 'ada@corp.example', 'idm-b', 22],
    ['ssh://ada%40corp.example@idm-b', 'ada@corp.example', 'idm-b', null],
    ['ssh://CORP%5Cada@idm-b', 'CORP\\ada', 'idm-b', null],
    ['ssh://[fe80::1%25eth0]', null, 'fe80::1%eth0', null],
    ['ssh://[fe80::1%eth0]', null, 'fe80::1%eth0', null],
  ] as const)('%s', (text, user, host, port) => expect(readSshEndpoint(text)).toEqual({ user, host, port }));

  it.each([
    '',
    'ssh://',
    'ssh://@host',
    'http://a',
    'ssh://a:secret@b',
    'ssh://a b',
    'ssh://a:0',
    'ssh://a:65536',
    'ssh://-o',
    'ssh://a/b',
    'ssh://a\nb',
    'ssh://::1',
    'ssh://[a]',
    'ssh://[::1',
    'ssh://u@idm-b.example.com,x.evil',
    'ssh://u@*',
    'ssh://\u001b[1G\u001b[2K[sudo]\u001b[1Cpassword@host',
    'ssh://%1b[1G@host',
    'ssh://%zz@host',
    'ssh://u%0a@host',
  ])('%j is none', (text) => expect(readSshEndpoint(text)).toBeNull());

  it('of a megabyte is none, in a moment', () => {
    const began = performance.now();
    for (const piece of ['@', '[', ':', 'a', '%', '0'])
      for (const scheme of ['ssh://', '']) {
        expect(readSshEndpoint(`${scheme}${piece.repeat(1_000_000)}`)).toBeNull();
        readHostPort(piece.repeat(1_000_000));
      }
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe('a path that a fleet file may name', () => {
  it.each(['~/.ssh/id_ed25519', 'keys/a', '/etc/x', 'C:\\Users\\ada\\.ssh\\k', 'a b'])('may be %s', (text) =>
    expect(isLocalPath(text)).toBe(true),
  );
  it.each([
    '',
    '\\\\host\\share\\x',
    '//host/share',
    '\\/host/x',
    '/\\host/x',
    '\\\\.\\pipe\\x',
    '\\\\?\\UNC\\h\\s',
    ' //h/s',
    'a\nb',
    'a\0',
  ])('is not %j', (text) => expect(isLocalPath(text)).toBe(false));
});
