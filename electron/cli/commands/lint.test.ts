import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { run } from '../run';
import { plain } from '../text/paint';
import type { World } from '../base/world';
import { certificateOfTest } from '../../../test/support/fleet-fixtures';
import { inOwnFolder } from '../../../test/support/own-folder';
import { parseTomlFile } from '../../../shared/toml/toml-file';

vi.mock(import('../../../shared/toml/toml-file'), async (original) => {
  const real = await original();
  return { ...real, parseTomlFile: vi.fn(real.parseTomlFile) };
});

let folder: string;
inOwnFolder('lint', (made) => (folder = made));

const GOOD = `domain = "idm.example.com"
origin = "https://idm.example.com"
bindaddress = "127.0.0.1:8443"
tls_chain = "/x"
tls_key = "/y"
db_path = "/z"
`;

async function lint(text: string | Uint8Array | null, ...words: readonly string[]) {
  const file = join(folder, 'server.toml');
  if (text !== null) writeFileSync(file, text);
  const said: string[] = [];
  const printed: string[] = [];
  const print = (it: string) => void printed.push(it);
  const say = (it: string) => void said.push(it);
  const world = { print, say, paint: plain, engine: { close: () => Promise.resolve() } } as unknown as World;
  const code = await run(['lint', file, ...words], { print, say, version: '0', open: () => world });
  return { code, out: printed.join('\n'), said: said.join('\n') };
}

describe('kanilink lint', () => {
  it('says what was looked at, not that kanidmd would start, and that nothing replicates', async () => {
    const { code, out } = await lint(GOOD, '--version', '1.10.5');
    expect(code).toBe(0);
    expect(out).toBe(
      'Nothing in this file was found that kanidmd 1.10.5 refuses; paths, ports and certificates were not looked at. It has no [replication]: nothing replicates.',
    );
  });

  it('says what a version refuses and another reads, with line and column', async () => {
    const text = `${GOOD}http_server_versions = ["1.1"]\n`;
    const refused = await lint(text, '--version', '1.11.1');
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/^error .*server\.toml:7:1/);
    expect(refused.out).toMatch(/1 error$/);
    const unknown = await lint(text, '--version', '1.12.0', '--json');
    expect(unknown.code).toBe(0);
    expect(JSON.parse(unknown.out)).toMatchObject({
      format: 1,
      version: '1.12.0',
      replication: false,
      problems: [{ severity: 'info', code: 'newer-than-known' }],
    });
  });

  it.each(['https://other.example.org', 'https://notidm.example.com', 'repl://x:1'])(
    'warns of the origin %s, with which kanidmd refuses a new database',
    async (origin) => {
      const text = GOOD.replace('https://idm.example.com', origin);
      const { code, out } = await lint(text, '--version', '1.11.1');
      expect(code).toBe(0);
      expect(out).toMatch(
        /^warning .*server\.toml:2:1: The origin .* is not in the domain idm\.example\.com/,
      );
    },
  );

  it.each(['https://sub.idm.example.com/', 'https://IDM.example.com:8443', 'https://me@idm.example.com'])(
    'says nothing of the origin %s, which lies in the domain',
    async (origin) => {
      const { out } = await lint(GOOD.replace('https://idm.example.com', origin), '--version', '1.11.1');
      expect(out).not.toContain('domain');
    },
  );

  it('warns of a server that may refresh itself and has several suppliers', async () => {
    const partner = (name: string, flag: boolean) =>
      `[replication."repl://${name}:8444"]\ntype = "pull"\nsupplier_cert = "${certificateOfTest('idm-a')}"\nautomatic_refresh = ${flag}\n`;
    const own = '[replication]\norigin = "repl://c.example.com:8444"\nbindaddress = "0.0.0.0:8444"\n';
    const one = `${GOOD}${own}${partner('a.example.com', true)}`;
    expect((await lint(one, '--version', '1.11.1')).out).not.toContain('answers first');
    const none = `${GOOD}${own}${partner('a.example.com', false)}${partner('b.example.com', false)}`;
    expect((await lint(none, '--version', '1.11.1')).out).not.toContain('answers first');
    const { code, out } = await lint(`${one}${partner('b.example.com', true)}`, '--version', '1.11.1');
    expect(code).toBe(0);
    expect(out).toMatch(/^warning .*server\.toml:\d+:1: This server may refresh itself .* 2 suppliers/m);
  });

  it('refuses a file without what kanidmd must be given', async () => {
    const empty = await lint('', '--version', '1.10.5');
    expect(empty.code).toBe(1);
    for (const key of ['domain', 'origin', 'tls_chain', 'tls_key'])
      expect(empty.out).toContain(`Add ${key} =`);
  });

  it('prints one document when the file cannot be read, or is no TOML', async () => {
    const missing = await lint(null, '--version', '1.10.5', '--json');
    expect(missing.code).toBe(1);
    expect(JSON.parse(missing.out)).toMatchObject({ problems: [{ code: 'file-unreadable' }] });
    const broken = await lint('domain = =\n', '--version', '1.10.5', '--json');
    expect(broken.code).toBe(1);
    expect(JSON.parse(broken.out)).toMatchObject({
      replication: null,
      problems: [{ where: { line: 1 } }],
    });
    const bytes = await lint(Uint8Array.of(0x64, 0xff, 0xfe), '--version', '1.10.5');
    expect(bytes.code).toBe(1);
  });

  it('takes a file apart once, whatever it says of it', async () => {
    vi.mocked(parseTomlFile).mockClear();
    const { code } = await lint(GOOD.replace('https://idm', 'https://other'), '--version', '1.11.1');
    expect([code, vi.mocked(parseTomlFile).mock.calls.length]).toEqual([0, 1]);
  });

  it.each([[], ['--version', 'new'], ['--version', '1.10']])('needs a version: %j', async (...words) => {
    const { code, said } = await lint(GOOD, ...words);
    expect(code).toBe(64);
    expect(said).toContain('--version');
  });
});
