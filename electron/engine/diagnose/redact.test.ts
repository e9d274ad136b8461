import { describe, expect, it } from 'vitest';
import { addressReplacer, secretRemover, secretVariables, valuesOf } from './redact';

describe('what looks like a secret is removed', () => {
  const remove = secretRemover([]);
  it.each([
    ['password=hunter2 next', 'hunter2', 'next'],
    ['"api_key": "abc def", "b": 1', 'abc def', '"b": 1'],
    ['otel at https://ada:pw1@collector:4317/x', 'pw1', 'collector:4317/x'],
    ['Authorization: Bearer abcdef.ghijkl', 'abcdef.ghijkl', 'Authorization'],
    ['before -----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY----- after', 'MIIB', 'after'],
    ['before -----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl', 'b3Bl', 'before'],
    [`cert ${'A'.repeat(300)}`, 'AAAA', 'cert'],
  ])('%s', (text, secret, left) => {
    expect(remove(text)).not.toContain(secret);
    expect(remove(text)).toContain(left);
  });

  it('and what is known to be one, wherever it stands', () => {
    const secrets = ['correct horse', 'correct horse battery', 'abc'];
    expect(secretRemover(secrets)('x"correct horse battery"y abc')).toBe('x"[removed]"y abc');
  });

  it('and the values of variables that are named so', () => {
    const env = { MY_TOKEN: 'tok-1', SSH_AUTH_SOCK: '/run/agent', HOME: '/home/ada', DB_PASSWORD: 'pw-2' };
    expect(secretVariables(env)).toEqual(['tok-1', 'pw-2']);
  });
});

it('every string of a server.toml is its own business, but what is shown and what stands everywhere', () => {
  const toml = [
    'version = "2"\nrole = "WriteReplica"\nlog_level = "info"',
    'domain = "idm.example.com" # "commented"',
    'x = \'lit "eral\'\ny = """\nline one\nline two"""\nz = "esc\\u0061ped"',
    'inline = { secret = "in-line", list = ["one-1", "two-2"] }',
  ].join('\n');
  const values = valuesOf(toml, new Set(['idm.example.com']));
  expect(values).toEqual(
    expect.arrayContaining(['lit "eral', 'line one', 'line two', 'escaped', 'in-line', 'one-1', 'two-2']),
  );
  for (const word of ['info', 'WriteReplica', 'idm.example.com']) expect(values).not.toContain(word);
});

describe('addresses', () => {
  const replace = addressReplacer(
    ['idm-a.example.com', 'IDM-B.example.com', '192.0.2.7', '2001:db8::7', 'example.com', 'srv', 'localhost'],
    new Set(['idm-a']),
  );
  const same = (a: string, b: string) => expect(replace(a)).toBe(replace(b));

  it('are replaced by one word each, wherever they stand', () => {
    const text = replace('repl://idm-a.example.com:8444 and ssh://ada@idm-a.example.com');
    expect(text).toMatch(/^repl:\/\/(host-\d+):8444 and ssh:\/\/user-1@\1$/);
    same('IDM-A.EXAMPLE.COM', 'idm-a.example.com');
    expect(replace('idm-b.example.com')).not.toBe(replace('idm-a.example.com'));
    expect(replace('mail.example.com')).toMatch(/^host-\d+$/);
    expect(replace('at [2001:db8::7]:8444, 192.0.2.7, 198.51.100.9 and fe80::1')).toBe(
      replace('at [2001:db8::7]:8444, 192.0.2.7, 198.51.100.9 and fe80::1'),
    );
    expect(replace('2001:db8::7 192.0.2.7 198.51.100.9')).not.toMatch(/2001|192\.|198\./);
  });

  it('and nothing else is', () => {
    const text = 'idm-a 1.10.5 22:01:30 127.0.0.1:8444 ::1 srv-2 xsrv 2026-11-28T22:01:30.000Z localhost';
    expect(replace(text)).toBe(text);
    expect(replace('on srv, srv.')).toMatch(/^on host-\d+, host-\d+\.$/);
  });
});
