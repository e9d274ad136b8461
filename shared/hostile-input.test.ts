import { describe, expect, it } from 'vitest';
import { readFleet } from './fleet/read/read-fleet';
import { readCertificate } from './certificates/read-certificate';
import { checkServerConfig } from './server-config/check-server-config';
import { editServerConfig } from './server-config/edit-server-config';
import { readServerConfig } from './server-config/read-server-config';
import { stagedCopy } from './server-config/staged-copy';
import { DEEPEST_TOML, LONGEST_TOML, LONGEST_VALUE, MOST_PARTS } from './toml/toml-bounds';

/*
 * What no operator writes: an answer with a code, never an exception, in the seconds a test may take. Before the bounds
 * of toml-bounds.ts some of these held the program for minutes or took gigabytes.
 */
const where = { server: 'idm-a', file: '/data/server.toml' };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const million = 1_000_000;

const hostile: [name: string, text: string, toml: string, fleet: string, at: string | null][] = [
  ['arrays in arrays', `a = ${'['.repeat(million)}`, 'server-toml-too-deep', 'fleet-too-deep', '1:69'],
  ['tables in tables', `a = ${'{a='.repeat(600_000)}`, 'server-toml-too-deep', 'fleet-too-deep', '1:197'],
  ['a dotted key', `${'a.'.repeat(million)}a = 1`, 'server-toml-too-deep', 'fleet-too-deep', '1:130'],
  ['a dotted header', `[${'a.'.repeat(million)}a]`, 'server-toml-too-deep', 'fleet-too-deep', '1:131'],
  ['a line of 10 MB', `a = "${'x'.repeat(10 * million)}"`, 'server-toml-too-large', 'fleet-too-large', null],
  ['a comment of 10 MB', `#${'x'.repeat(10 * million)}`, 'server-toml-too-large', 'fleet-too-large', null],
  [
    'a certificate of 1 MB',
    `a = "${'M'.repeat(million)}"`,
    'server-toml-value-too-long',
    'fleet-value-too-long',
    '1:5',
  ],
  [
    'an open string',
    `a = '''${'x'.repeat(million)}`,
    'server-toml-value-too-long',
    'fleet-value-too-long',
    '1:5',
  ],
  [
    'a number of 1 MB',
    `a = ${'1'.repeat(million)}`,
    'server-toml-value-too-long',
    'fleet-value-too-long',
    '1:4',
  ],
  [
    'a key of 1 MB',
    `${'k'.repeat(million)} = 1`,
    'server-toml-value-too-long',
    'fleet-value-too-long',
    '1:1',
  ],
  ['many headers', '[[a]]\n'.repeat(250_000), 'server-toml-too-large', 'fleet-too-large', null],
  ['many comments', '#\n'.repeat(million), 'server-toml-too-large', 'fleet-too-large', null],
  ['many quotes', '"'.repeat(million), 'server-toml-syntax', 'fleet-syntax', '1:4'],
  ['a zero byte', 'a = 1\nb = "\0"', 'server-toml-syntax', 'fleet-syntax', '2:6'],
  ['a zero byte in a comment', '# \0', 'server-toml-syntax', 'fleet-syntax', '1:3'],
  ['a lone carriage return', 'a = 1\n\rb = 2', 'server-toml-syntax', 'fleet-syntax', '2:1'],
];

describe('hostile input', () => {
  it.each(hostile)('%s is a fault of a server.toml', (_name, text, code, _fleet, at) => {
    const read = readServerConfig(bytes(text), where);
    expect(read).toMatchObject({ ok: false, error: { code, where } });
    if (at !== null && !read.ok) expect(`${read.error.where.line}:${read.error.where.column}`).toBe(at);
    expect(checkServerConfig(bytes(text), '1.10.5', where, {})).toMatchObject([{ severity: 'error', code }]);
    expect(stagedCopy(bytes(text), '/tmp/x', where)).toMatchObject({ ok: false, error: { code } });
    const change = { kind: 'set-bindaddress', bindaddress: '0.0.0.0:8444' } as const;
    expect(editServerConfig(bytes(text), [change], where)).toMatchObject({ ok: false, error: { code } });
  });

  it.each(hostile)('%s is a problem of a fleet file', (_name, text, _toml, code, at) => {
    const { fleet, problems } = readFleet(text, 'fleet.toml');
    expect(fleet).toBeNull();
    const found = problems.find((it) => it.code === code);
    expect(found, JSON.stringify(problems)).toMatchObject({
      severity: 'error',
      where: { file: 'fleet.toml' },
    });
    if (at !== null) expect(`${found?.where.line}:${found?.where.column}`).toBe(at);
  });

  it('bytes that are no UTF-8 are named by line and column', () => {
    const file = new Uint8Array([...bytes('a = "é"\nb = "'), 0xc3, 0x28, ...bytes('"\n')]);
    expect(readServerConfig(file, where)).toMatchObject({
      ok: false,
      error: { code: 'server-toml-not-utf8', where: { line: 2, column: 6 } },
    });
    const long = new Uint8Array(6 * million).fill(0xff);
    expect(readServerConfig(long, where)).toMatchObject({
      ok: false,
      error: { code: 'server-toml-not-utf8' },
    });
  });

  it('what is large but within bounds is read', () => {
    const deep = `a = ${'['.repeat(DEEPEST_TOML)}${']'.repeat(DEEPEST_TOML)}\n`;
    const long = `b = "${'x'.repeat(LONGEST_VALUE - 2)}"\n`;
    const many = 'c = [\n' + '1,\n'.repeat(MOST_PARTS / 2 - 100) + ']\n';
    const text = deep + long + many;
    const padded = `${text}#${'x'.repeat(LONGEST_TOML - text.length - 1)}`;
    expect(readServerConfig(bytes(padded), where)).toMatchObject({ ok: true });
    expect(readServerConfig(bytes(`${padded}x`), where)).toMatchObject({ ok: false });
  });

  it('brackets and dots in texts and comments do not count', () => {
    const noise = '[{.'.repeat(100);
    const texts = [
      `"${noise}\\"${noise}"`,
      `'${noise}\\'`,
      `"""${noise}\\"""${noise}"""""`,
      `'''${noise}\\''''`,
    ];
    for (const text of texts)
      expect(readServerConfig(bytes(`# ${noise}\na = ${text} # ${noise}\n`), where), text).toMatchObject({
        ok: true,
      });
  });

  it('certificates of any kind of nonsense are faults', () => {
    const text = (der: Uint8Array): string => Buffer.from(der).toString('base64url');
    // Sequences in sequences, of definite and of indefinite length, as deep as a certificate may be long.
    const nested = new Uint8Array(45_000);
    for (let at = 0; at < nested.length; at += 2) nested.set([0x30, 0x80], at);
    const lying = new Uint8Array(45_000).fill(0x30);
    lying.set([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff]);
    const oids = new Uint8Array(45_000).fill(0xff);
    oids.set([0x30, 0x82, 0xaf, 0xc4, 0x06, 0x82, 0xaf, 0xc0]);
    const nonsense = [
      'A'.repeat(million),
      `${'A'.repeat(million)}=`,
      '='.repeat(million),
      'M'.repeat(60_000),
      '\0'.repeat(600),
      '',
      text(nested),
      text(lying),
      text(oids),
      text(new Uint8Array(45_000)),
      text(new Uint8Array(45_000).fill(0xff)),
    ];
    for (const one of nonsense)
      expect(readCertificate(one, where)).toMatchObject({
        ok: false,
        error: { code: 'certificate-invalid' },
      });
  });
});
