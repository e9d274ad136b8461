import { applyPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certificateOfTest } from '../../test/support/fleet-fixtures';
import { generateFile } from '../../test/support/server-toml/generated-file';
import { readCertificate } from '../certificates/read-certificate';
import { type ServerId, type StepId, trusted } from '../base/names';
import { maskedDiff, placeholderFor } from './diff';
import { editServerConfig } from './edit-server-config';
import { maskCertificates } from './mask-certificates';

const pin = certificateOfTest('idm-b');
const other = certificateOfTest('stranger');
const fingerprintOf = (text: string): string => {
  const read = readCertificate(text, {});
  if (!read.ok) throw new Error(read.error.message);
  return read.value.fingerprint;
};
const whose = (text: string): string | null => (text === pin ? 'idm-b’s, until 2030-11-23' : null);
const mask = (text: string): string => maskCertificates(text, whose);
const diff = (before: string, after: string): string => maskedDiff('/data/server.toml', before, after, whose);
/** True when thirty characters of it in a row are there: every tenth stretch of twenty is looked for. */
const shows = (shown: string, text: string): boolean =>
  Array.from({ length: Math.floor((text.length - 20) / 10) }, (_, index) =>
    text.slice(index * 10, index * 10 + 20),
  ).some((it) => shown.includes(it));

describe('what is masked', () => {
  const known = `${fingerprintOf(pin)} (idm-b’s, until 2030-11-23)`;

  it('is a certificate of a server, wherever it stands', () => {
    expect(mask(`partner_cert = "${pin}"`)).toBe(`partner_cert = "${known}"`);
    expect(mask(`# old: ${pin}`)).toBe(`# old: ${known}`);
    expect(mask(`x = { partner_cert = '${pin}', supplier_cert = "${other}" }`)).not.toContain('MII');
    expect(mask(`partner_cert = "${pin}=="`)).toBe(`partner_cert = "${known}"`);
  });

  it('is a certificate of nobody in the fleet, by the names in it', () => {
    expect(mask(`partner_cert = "${other}"`)).toBe(
      `partner_cert = "${fingerprintOf(other)} (for idm-a.example.com, until 2030-11-23)"`,
    );
  });

  it('is what was cut short, so that two of them can be told apart', () => {
    const cut = pin.slice(0, -9);
    const shown = mask(`partner_cert = "${cut}"`);
    expect(shown).toMatch(
      /^partner_cert = "SHA256:[A-Za-z0-9+/]{43} \(not a certificate, \d+ characters\)"$/,
    );
    expect(shows(shown, cut)).toBe(false);
    const changed = `${cut.slice(0, -1)}${cut.endsWith('A') ? 'B' : 'A'}`;
    expect(diff(`a = "${cut}"\n`, `a = "${changed}"\n`)).toMatch(/^-a = .*\n\+a = /m);
    for (const length of [60, 100, 300]) {
      const part = pin.slice(-length);
      expect(shows(mask(`partner_cert = "${part}"\n`), part), part).toBe(false);
    }
  });

  it.each([
    ['several lines', `partner_cert = """\\\n  ${pin.replace(/(.{30})/g, '$1\\\n  ')}"""\n`],
    ['several lines, CRLF', `partner_cert = '''\r\n${pin.replace(/(.{40})/g, '$1\r\n')}'''\r\n`],
    ['escapes', `partner_cert = "\\u004d${pin.slice(1).replace(/(.{19})A/g, '$1\\u0041')}"\n`],
    [
      'PEM in a value',
      `partner_cert = """\n-----BEGIN CERTIFICATE-----\n${pin.replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----"""\n`,
    ],
    [
      'PEM in comments',
      `# -----BEGIN CERTIFICATE-----\n${pin.replace(/(.{1,64})/g, '# $1\n')}# -----END CERTIFICATE-----\n`,
    ],
    [
      'PEM with escapes',
      `tls = "-----BEGIN CERTIFICATE-----\\n${pin.replace(/(.{40})/g, '$1\\n')}-----END CERTIFICATE-----"\n`,
    ],
  ])('is a certificate over %s, and lines stay lines', (_name, text) => {
    const shown = mask(text);
    expect(shown).toContain(known);
    expect(shows(shown, pin)).toBe(false);
    expect(shown.split('\n')).toHaveLength(text.split('\n').length);
  });

  it('is in a file that is no TOML too', () => {
    expect(mask(`[[[ partner_cert = ${pin}\n"""\n# ${other}`)).not.toContain('MII');
  });

  it('is not a path, a name, a hash or a fingerprint', () => {
    const plain = [
      'db_path = "/var/lib/private/kanidm/a-rather-long-folder-name/With1Capital/kanidm.db"',
      '[replication."repl://a-very-long-host-name-that-somebody-really-uses-in-a-lab.example.com:8444"]',
      '# sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      `# SHA256:${'qMwwQ0Y0k0Q8dqzN3aZ7m2cVt6hXbJ4yPf1uLsRgEoI'}`,
      '# ------------------------------------------------------------------------',
      '# 8bd2165e-0000-4000-8000-000000000000',
    ].join('\n');
    expect(mask(plain)).toBe(plain);
  });

  it('is said to come when it does not exist yet', () => {
    const later = placeholderFor(trusted<ServerId>('idm-b'), trusted<StepId>('2'));
    expect(mask(`partner_cert = "${later}"`)).toBe(
      'partner_cert = "certificate of idm-b, known after step 2"',
    );
  });
});

describe('the diff', () => {
  const head = 'domain = "x"\norigin = "https://x"\n';

  it('is empty when nothing changes, and says so when only the spelling does', () => {
    expect(diff(head, head)).toBe('');
    expect(diff(`a = "${pin}="\n`, `a = "${pin}"\n`)).toContain('it is the same certificate');
    expect(diff(`\uFEFF${head}`, head)).toContain('No byte order mark');
    expect(diff(head.replaceAll('\n', '\r\n'), head)).toContain('-domain = "x"␍\n');
  });

  it('masks removed, added and unchanged lines', () => {
    const before = `${head}[replication."repl://b:1"]\ntype = "pull"\nsupplier_cert = "${pin}"\n`;
    const after = `${head}[replication."repl://b:1"]\ntype = "pull"\nsupplier_cert = "${other}"\n`;
    const moved = `${before}# ${other}\n`;
    for (const shown of [diff(before, after), diff(before, moved), diff(after, before)]) {
      expect(shown).toContain('SHA256:');
      expect(shows(shown, pin) || shows(shown, other)).toBe(false);
    }
    expect(diff(before, after)).toContain(
      `-supplier_cert = "${fingerprintOf(pin)} (idm-b’s, until 2030-11-23)"`,
    );
  });

  it('of files that have little in common is still one, in bounded time', () => {
    const lines = (word: string): string =>
      Array.from({ length: 20_000 }, (_, index) => `${word}${index} = ${index}\n`).join('');
    const shown = diff(`a = 1\n${lines('x')}z = 1\n`, `a = 1\n${lines('y')}z = 1`);
    expect(applyPatch(`a = 1\n${lines('x')}z = 1\n`, shown)).toBe(`a = 1\n${lines('y')}z = 1`);
  });

  it('of any edit of any file applies, and shows no certificate', () => {
    const cases = fc.uint8Array({ minLength: 0, maxLength: 500, size: 'max' });
    fc.assert(
      fc.property(cases, (bytes) => {
        const file = generateFile(bytes);
        const partner = {
          origin: file.partners[0]?.origin ?? trusted('repl://new:1'),
          type: 'pull',
          certificate: pin,
          automaticRefresh: true,
        } as const;
        const edited = editServerConfig(
          new TextEncoder().encode(file.text),
          [{ kind: 'set-partner', partner }],
          {},
        );
        if (!edited.ok) throw new Error(JSON.stringify(edited.error));
        const after = new TextDecoder().decode(edited.value);
        const shown = diff(file.text, after);
        const masked = (text: string): string => mask(text.replaceAll('\r\n', '\n'));
        if (shown.includes('@@')) expect(applyPatch(masked(file.text), shown)).toBe(masked(after));
        for (const { certificate } of file.partners) expect(shows(shown, certificate)).toBe(false);
        expect(shows(shown, pin)).toBe(false);
      }),
      { numRuns: process.env['KANILINK_LONG'] === '1' ? 5000 : 100 },
    );
  });
});
