import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkServerConfig } from './check-server-config';

const recorded = new URL('../../test/recorded/kanidmd-1.10.5/', import.meta.url);
const recordedFiles = readdirSync(recorded).filter((name) => /^cfg-.*\.server\.toml$/.test(name));
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, recorded)));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const check = (text: string, version = '1.10.5') =>
  checkServerConfig(bytes(text), version, {}).map(
    ({ severity, code, where }) => `${severity} ${code} ${where.line}:${where.column}`,
  );
const head = 'domain = "x"\norigin = "https://x"\n';
/** A replication certificate a real server showed. */
const pin =
  /certificate: "([^"]+)"/.exec(readFileSync(new URL('show-cert-a.stdout', recorded), 'utf8'))?.[1] ?? '';

describe('files that a real kanidmd 1.10.5 was given', () => {
  const expected: Readonly<Record<string, readonly string[]>> = {
    'cfg-ack-line-on-new-version.server.toml': ['error acknowledgement-fatal 1:1'],
    'cfg-bad-cert.server.toml': ['error certificate-unreadable 24:16'],
    'cfg-bad-type.server.toml': ['error partner-type-wrong 23:8'],
    'cfg-duplicate-table.server.toml': ['error server-toml-syntax 27:14'],
    'cfg-host-bind.server.toml': ['error bindaddress-not-address 19:15'],
    // These two start; neither can work as a partner.
    'cfg-https-scheme.server.toml': ['error origin-not-repl 17:10'],
    'cfg-ip-origin.server.toml': ['warning origin-is-address 17:10'],
    'cfg-ipv6-bind.server.toml': [],
    'cfg-port-in-use.server.toml': ['error bindaddress-taken 19:15'],
    'cfg-wrong-cert-key.server.toml': ['error certificate-key-wrong 24:1'],
  };

  it('are all told apart here', () => {
    expect(recordedFiles).toEqual(Object.keys(expected).sort());
  });

  it.each(recordedFiles)('%s gets our error before the server would refuse it', (name) => {
    const found = checkServerConfig(bytesOf(name), '1.10.5', { server: 'idm-d', file: '/data/server.toml' });
    expect(found.map((it) => `${it.severity} ${it.code} ${it.where.line}:${it.where.column}`)).toEqual(
      expected[name],
    );
    for (const it of found) {
      expect(it.where).toMatchObject({ server: 'idm-d', file: '/data/server.toml' });
      expect(it.fix).not.toBe('');
    }
    const state = readFileSync(new URL(name.replace('.server.toml', '.state'), recorded), 'utf8');
    const errors = found.filter((it) => it.severity === 'error');
    if (state.startsWith('exited')) expect(errors).not.toEqual([]);
  });
});

describe('the version decides', () => {
  const acknowledged = `i_acknowledge_that_replication_is_in_development = true\n${head}[replication]\norigin = "repl://a:8444"\n`;

  it('about the acknowledgement line', () => {
    expect(check(acknowledged, '1.1.0-rc.16')).toEqual([]);
    expect(check(acknowledged, '1.2.0')).toEqual(['error acknowledgement-fatal 1:1']);
    expect(check(acknowledged.replace('true', 'false'), '1.1.0-rc.16')).toEqual([
      'error acknowledgement-missing 1:1',
    ]);
    expect(check(`${head}[replication]\norigin = "repl://a:8444"\n`, '1.1.0-rc.15')).toEqual([
      'error acknowledgement-missing 3:1',
    ]);
    expect(check(head, '1.1.0-rc.15')).toEqual([]);
  });

  it('about version 2 files, from 1.6.3 on', () => {
    expect(check(`version = "2"\n${head}`, '1.6.2')).toEqual(['error version-2-too-early 1:1']);
    expect(check(`version = "2"\n${head}`, '1.6.3')).toEqual([]);
    expect(check(`version = "3"\n${head}`)).toEqual(['error version-unknown 1:11']);
  });

  it('about top-level keys', () => {
    expect(check(`${head}bogus = 1\n`)).toEqual(['error unknown-key 3:1']);
    expect(check(`version = "2"\n${head}trust_x_forward_for = true\n`)).toEqual(['error unknown-key 4:1']);
    expect(check(`${head}trust_x_forward_for = true\n`, '1.2.0')).toEqual([]);
    expect(check(`${head}migration_path = "/x"\n`, '1.2.0')).toEqual(['error unknown-key 3:1']);
    expect(check(`${head}[bogus.table]\nx = 1\n`)).toEqual(['error unknown-key 3:1']);
    expect(check(`${head}bogus = 1\n`, '1.14.0')).toEqual([]);
  });
});

describe('the replication section', () => {
  const section = (lines: string): string => `${head}[replication]\norigin = "repl://a:8444"\n${lines}`;

  it('takes any other key for a partner', () => {
    expect(check(section('task_interval = 5\n'))).toEqual(['error replication-unknown-key 5:1']);
    expect(check(section('[replication.partners]\nx = 1\n'))).toContain('error replication-unknown-key 5:1');
  });

  it('needs an origin that partners can dial', () => {
    expect(check(`${head}[replication]\nbindaddress = "0.0.0.0:8444"\n`)).toEqual([
      'error replication-origin-missing 3:1',
    ]);
    expect(check(`${head}[replication]\norigin = "repl://a"\n`)).toEqual([
      'warning origin-without-port 4:10',
    ]);
    expect(check(`${head}[replication]\norigin = "repl://[fd00::1]:8444"\n`)).toEqual([
      'warning origin-is-address 4:10',
    ]);
    expect(check(`${head}[replication]\norigin = 5\n`)).toEqual(['error server-toml-wrong-type 4:10']);
  });

  it('binds to an address', () => {
    for (const good of ['0.0.0.0:8444', '127.0.0.1:1', '[::]:8444', '[::1]:65535'])
      expect(check(section(`bindaddress = "${good}"\n`))).toEqual([]);
    for (const bad of [
      'idm-a:8444',
      '0.0.0.0',
      '256.0.0.1:8444',
      '[:::]:8444',
      '0.0.0.0:65536',
      '::1:8444',
      '',
    ])
      expect(check(section(`bindaddress = "${bad}"\n`)), bad).toEqual(['error bindaddress-not-address 5:15']);
    expect(check(`bindaddress = "127.0.0.1:8444"\n${section('bindaddress = "127.0.0.2:8444"\n')}`)).toEqual(
      [],
    );
  });

  it('has partners of the three types, each with its own certificate key', () => {
    const partner = (lines: string): string => section(`[replication."repl://b:8444"]\n${lines}`);
    expect(
      check(partner(`type = "mutual-pull"\npartner_cert = "${pin}"\nautomatic_refresh = false\n`)),
    ).toEqual([]);
    expect(check(partner(`type = "pull"\nsupplier_cert = "${pin}"\n`))).toEqual([]);
    expect(check(partner(`type = "allow-pull"\nconsumer_cert = "${pin}"\n`))).toEqual([]);
    expect(check(partner(`type = "allow-pull"\npartner_cert = "${pin}"\n`))).toEqual([
      'error certificate-key-wrong 7:1',
    ]);
    expect(check(partner('type = "pull"\n'))).toEqual(['error certificate-missing 5:1']);
    expect(check(partner(`supplier_cert = "${pin}"\n`))).toEqual(['error partner-type-missing 5:1']);
    expect(check(partner(`type = "pull"\nsupplier_cert = "${pin.slice(0, -9)}"\n`))).toEqual([
      'error certificate-unreadable 7:17',
    ]);
    expect(check(partner(`type = "pull"\nsupplier_cert = "${pin}"\nautomatic_refresh = "no"\n`))).toEqual([
      'error server-toml-wrong-type 8:21',
    ]);
  });

  it('needs the flag where it pulls, in 1.1.0-rc.15', () => {
    const acknowledged = `i_acknowledge_that_replication_is_in_development = true\n`;
    const file = (type: string, key: string, flag: string): string =>
      acknowledged + section(`[replication."repl://b:8444"]\ntype = "${type}"\n${key} = "${pin}"\n${flag}`);
    expect(check(file('pull', 'supplier_cert', ''), '1.1.0-rc.15')).toEqual([
      'error automatic-refresh-missing 6:1',
    ]);
    expect(check(file('pull', 'supplier_cert', 'automatic_refresh = false\n'), '1.1.0-rc.15')).toEqual([]);
    expect(check(file('allow-pull', 'consumer_cert', ''), '1.1.0-rc.15')).toEqual([]);
    expect(check(file('pull', 'supplier_cert', ''), '1.1.0-rc.16')).toEqual([]);
  });

  it('names a partner once, however it is spelled', () => {
    const table = (key: string): string =>
      `[replication."${key}"]\ntype = "pull"\nsupplier_cert = "${pin}"\n`;
    expect(check(section(table('repl://b:8444') + table('repl://B:8444/')))).toEqual([
      'error partner-twice 8:1',
    ]);
    expect(check(section(table('https://b:8444')))).toEqual(['error partner-origin-invalid 5:1']);
  });
});
