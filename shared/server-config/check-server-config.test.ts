import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Overrides } from './effective-config';
import { checkServerConfig } from './check-server-config';

const recorded = new URL('../../test/recorded/kanidmd-1.10.5/', import.meta.url);
const recordedFiles = readdirSync(recorded).filter((name) => /^cfg-.*\.server\.toml$/.test(name));
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, recorded)));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const check = (text: string, version = '1.10.5', variables: Overrides | null = null) =>
  checkServerConfig(bytes(text), version, {}, variables).map(
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
    // These two start, and their partners reach them (1.7.3 and later).
    'cfg-https-scheme.server.toml': ['warning origin-not-repl 17:10'],
    'cfg-ip-origin.server.toml': [],
    'cfg-ipv6-bind.server.toml': [],
    'cfg-port-in-use.server.toml': ['error bindaddress-taken 19:15'],
    'cfg-wrong-cert-key.server.toml': ['error certificate-key-wrong 24:1'],
  };

  it('are all told apart here', () => {
    expect(recordedFiles).toEqual(Object.keys(expected).sort());
  });

  it.each(recordedFiles)('%s gets our error before the server would refuse it', (name) => {
    const found = checkServerConfig(
      bytesOf(name),
      '1.10.5',
      { server: 'idm-d', file: '/data/server.toml' },
      {},
    );
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
  const acknowledged = `i_acknowledge_that_replication_is_in_development = true\n${head}[replication]\norigin = "repl://a:8444"\nbindaddress = "0.0.0.0:8444"\n`;

  it('about the acknowledgement line', () => {
    expect(check(acknowledged, '1.1.0-rc.16')).toEqual([]);
    expect(check(acknowledged, '1.2.0')).toEqual(['error acknowledgement-fatal 1:1']);
    expect(check(acknowledged.replace('true', 'false'), '1.1.0-rc.16')).toEqual([
      'error acknowledgement-missing 1:1',
    ]);
    expect(check(acknowledged.replace(/^.*\n/, ''), '1.1.0-rc.15')).toEqual([
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

  it.each([
    ['thread_count = 4', '1.2.3', ['error unknown-key 3:1']],
    ['thread_count = 4', '1.3.0', []],
    ['thread_count = "4"', '1.3.0', ['error server-toml-wrong-type 3:16']],
    ['maximum_request_size_bytes = 1024', '1.5.0', ['error unknown-key 3:1']],
    ['maximum_request_size_bytes = 1024', '1.6.0', []],
    ['maximum_request_size_bytes = -1', '1.6.0', ['error server-toml-wrong-type 3:30']],
    ['otel_grpc_url = "http://x:4317"', '1.1.0-rc.15', ['error unknown-key 3:1']],
    ['otel_grpc_url = "http://x:4317"', '1.10.5', []],
    ['otel_grpc_url = "http://x:4317"', '1.11.0', ['error unknown-key 3:1']],
    ['otel_grpc_endpoint = "x:4317"', '1.10.5', ['error unknown-key 3:1']],
    ['otel_grpc_endpoint = "x:4317"', '1.11.0-pre', []],
    ['log_level = "warn"', '1.10.5', ['error value-unknown 3:13']],
    ['log_level = "Info"', '1.10.5', ['error value-unknown 3:13']],
    ['role = "ReadOnlyReplica"', '1.10.5', []],
    ['role = "read_only_replica"', '1.2.0', ['error value-unknown 3:8']],
    ['db_fs_type = "btrfs"', '1.10.5', []],
    ['trust_x_forward_for = "yes"', '1.10.5', ['error server-toml-wrong-type 3:23']],
    ['bindaddress = "idm.example.com:8443"', '1.10.5', ['error bindaddress-not-address 3:15']],
    ['bindaddress = ["0.0.0.0:8443"]', '1.10.5', ['error server-toml-wrong-type 3:15']],
    ['tls_client_ca = false', '1.10.5', ['error server-toml-wrong-type 3:17']],
  ])('about %s on %s: %j', (line, version, found) => {
    expect(check(`${head}${line}\n`, version)).toEqual(found);
  });

  it.each([
    ['bindaddress = ["0.0.0.0:8443", "[::]:8443"]', '1.7.4', ['error server-toml-wrong-type 4:15']],
    ['bindaddress = ["0.0.0.0:8443", "[::]:8443"]', '1.8.0', []],
    ['bindaddress = ["0.0.0.0:8443", "idm:8443"]', '1.8.0', ['error bindaddress-not-address 4:32']],
    ['migration_path = "/x"', '1.9.0-pre', []],
    ['http_server_versions = ["1.1"]', '1.11.1', ['error unknown-key 4:1']],
    ['http_server_versions = ["1.1"]', '1.12.0', []],
    ['http_client_address_info = { x-forward-for = ["127.0.0.1", "::1"] }', '1.6.3', []],
    ['http_client_address_info = { x-forward-for = ["10.0.0.0/8", "2001:db8::/32"] }', '1.6.3', []],
    [
      'http_client_address_info = { x-forward-for = ["10.0.0.1/8"] }',
      '1.10.5',
      ['error proxies-invalid 4:47'],
    ],
    ['http_client_address_info = { x-forward-for = ["proxy"] }', '1.10.5', ['error proxies-invalid 4:47']],
    ['http_client_address_info = { proxy-v1 = ["10.0.0.1"] }', '1.7.4', ['error proxies-invalid 4:1']],
    ['http_client_address_info = { proxy-v1 = ["10.0.0.1"] }', '1.8.0', []],
    [
      'http_client_address_info = { x-forward-for = [], proxy-v2 = [] }',
      '1.10.5',
      ['error proxies-invalid 4:1'],
    ],
    ['http_client_address_info = "None"', '1.10.5', []],
    ['ldap_client_address_info = { x-forward-for = [] }', '1.10.5', ['error proxies-invalid 4:1']],
    ['[ldap_client_address_info]\nproxy-v2 = ["10.0.0.0/24"]', '1.10.5', []],
  ])('about %s in a version 2 file on %s: %j', (line, version, found) => {
    expect(check(`version = "2"\n${head}${line}\n`, version)).toEqual(found);
  });

  it.each([
    ['idm.example.com', false],
    ['localhost:8443', false],
    ['https://10.0.0.1', false],
    ['https://[::1]:8443', false],
    ['https://', false],
    ['https://idm.example.com:8443/', true],
    ['https://localhost:8443', true],
  ])('about the HTTPS origin %s', (origin, accepted) => {
    const found = check(`domain = "x"\norigin = "${origin}"\n`);
    expect(found).toEqual(accepted ? [] : ['error https-origin-invalid 2:10']);
  });

  it.each([
    ['a line break in braces', 'http_client_address_info = {\n x-forward-for = ["::1"] }'],
    ['a comma at the end of braces', 'http_client_address_info = { x-forward-for = ["::1"], }'],
    ['\\e', 'tls_key = "/\\e"'],
    ['\\x', 'tls_key = "/\\x41"'],
  ])('about TOML 1.1: %s', (_name, line) => {
    const file = `version = "2"\n${head}${line}\n`;
    expect(check(file, '1.8.5').map((found) => found.replace(/ [0-9:]+$/, ''))).toEqual([
      'error server-toml-too-new',
    ]);
    expect(check(file, '1.8.6')).toEqual([]);
    expect(check(file, '1.11.1')).toEqual([]);
  });
});

describe('the replication section', () => {
  const unbound = (lines: string): string => `${head}[replication]\norigin = "repl://a:8444"\n${lines}`;
  const section = (lines: string): string => unbound(`bindaddress = "0.0.0.0:8444"\n${lines}`);
  const origin = (text: string): string =>
    section('').replace('"repl://a:8444"', text.startsWith('"') ? text : `"${text}"`);

  it('takes any other key for a partner', () => {
    expect(check(section('task_interval = 5\n'))).toEqual(['error replication-unknown-key 6:1']);
    expect(check(section('[replication.partners]\nx = 1\n'))).toContain('error replication-unknown-key 6:1');
  });

  it('needs an origin that partners can dial', () => {
    expect(check(`${head}[replication]\nbindaddress = "0.0.0.0:8444"\n`)).toEqual([
      'error replication-origin-missing 3:1',
    ]);
    expect(check(origin('repl://a'))).toEqual(['warning origin-without-port 4:10']);
    expect(check(section('').replace('"repl://a:8444"', '5'))).toEqual(['error server-toml-wrong-type 4:10']);
  });

  it.each([
    ['repl://10.20.30.92:8444', '1.7.3', []],
    ['repl://10.20.30.92:8444', '1.7.2', ['error origin-is-address 4:10']],
    ['repl://10.20.30.92:8444', '1.2.0', ['error origin-is-address 4:10']],
    ['repl://10.20.30.92', '1.10.5', ['warning origin-without-port 4:10']],
    ['repl://[2001:db8::1]:8444', '1.11.1', ['error origin-never-works 4:10']],
    ['repl://[2001:db8::1]:8444', '1.2.0', ['error origin-never-works 4:10']],
    ['repl://[::ffff:10.0.0.1]:8444', '1.11.1', ['error origin-never-works 4:10']],
    ['repl://[fe80::1%eth0]:8444', '1.11.1', ['error origin-not-repl 4:10']],
    ['repl://[fe80::1%251]:8444', '1.11.1', ['error origin-not-repl 4:10']],
    ['repl://10.0.0.256:8444', '1.11.1', ['error origin-not-repl 4:10']],
    ['repl://10.1:8444', '1.11.1', ['error origin-not-repl 4:10']],
    ['a.example.com:8444', '1.11.1', ['error origin-not-repl 4:10']],
    ['a.example.com', '1.11.1', ['error origin-not-repl 4:10']],
    ['https://a.example.com', '1.11.1', ['warning origin-not-repl 4:10']],
    ['https://10.0.0.1', '1.11.1', ['error origin-not-repl 4:10']],
    ['repl://kanidm_a:8444', '1.11.1', []],
  ])('origin %s on %s: %j', (text, version, found) => {
    expect(check(origin(text), version)).toEqual(found);
  });

  it('has no partner that is named by an IPv6 address', () => {
    const table = (key: string): string =>
      section(`[replication."${key}"]\ntype = "pull"\nsupplier_cert = "${pin}"\n`);
    expect(check(table('repl://[2001:db8::1]:8444'))).toEqual(['error partner-never-works 6:1']);
    expect(check(table('repl://10.20.30.92:8444'))).toEqual([]);
  });

  it('says its bindaddress, in every version', () => {
    expect(check(unbound(''))).toEqual(['error replication-bindaddress-missing 3:1']);
    expect(check(unbound(''), '1.2.0')).toEqual(['error replication-bindaddress-missing 3:1']);
  });

  it('keeps what 1.12 is to read in it', () => {
    const planned = section('krc_enable = true\n');
    expect(check(planned, '1.11.1')).toEqual(['error replication-unknown-key 6:1']);
    expect(check(planned, '1.12.0')).toEqual([]);
    const table = section('[replication.krc_pin]\nstrict = true\n');
    expect(check(table, '1.11.1')).toEqual(['error replication-unknown-key 6:1']);
    expect(check(table, '1.12.0')).toEqual([]);
  });

  it('binds to an address', () => {
    for (const good of [
      '0.0.0.0:8444',
      '127.0.0.1:1',
      '127.0.0.1:008444',
      '[::]:8444',
      '[::1]:65535',
      '[fe80::1%2]:8444',
      '[::ffff:10.0.0.1]:8444',
    ])
      expect(check(unbound(`bindaddress = "${good}"\n`))).toEqual([]);
    for (const bad of [
      'idm-a:8444',
      '0.0.0.0',
      '256.0.0.1:8444',
      '[:::]:8444',
      '0.0.0.0:65536',
      '::1:8444',
      '[fe80::1%eth0]:8444',
      '*:8444',
      ':8444',
      '',
    ])
      expect(check(unbound(`bindaddress = "${bad}"\n`)), bad).toEqual(['error bindaddress-not-address 5:15']);
    expect(check(`bindaddress = "127.0.0.1:8444"\n${unbound('bindaddress = "127.0.0.2:8444"\n')}`)).toEqual(
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
      'error certificate-key-wrong 8:1',
    ]);
    expect(check(partner('type = "pull"\n'))).toEqual(['error certificate-missing 6:1']);
    expect(check(partner(`supplier_cert = "${pin}"\n`))).toEqual(['error partner-type-missing 6:1']);
    const bare = pin.replace(/=+$/, '');
    const whole = bare.padEnd(Math.ceil(bare.length / 4) * 4, '=');
    for (const good of [bare, whole])
      expect(check(partner(`type = "pull"\nsupplier_cert = "${good}"\n`))).toEqual([]);
    for (const bad of [pin.slice(0, -9), `${whole}=`])
      expect(check(partner(`type = "pull"\nsupplier_cert = "${bad}"\n`)), bad.slice(-9)).toEqual([
        'error certificate-unreadable 8:17',
      ]);
    expect(check(partner(`type = "pull"\nsupplier_cert = "${pin}"\nautomatic_refresh = "no"\n`))).toEqual([
      'error server-toml-wrong-type 9:21',
    ]);
  });

  it('needs the flag where it pulls, in 1.1.0-rc.15', () => {
    const acknowledged = `i_acknowledge_that_replication_is_in_development = true\n`;
    const file = (type: string, key: string, flag: string): string =>
      acknowledged + section(`[replication."repl://b:8444"]\ntype = "${type}"\n${key} = "${pin}"\n${flag}`);
    expect(check(file('pull', 'supplier_cert', ''), '1.1.0-rc.15')).toEqual([
      'error automatic-refresh-missing 7:1',
    ]);
    expect(check(file('pull', 'supplier_cert', 'automatic_refresh = false\n'), '1.1.0-rc.15')).toEqual([]);
    expect(check(file('allow-pull', 'consumer_cert', ''), '1.1.0-rc.15')).toEqual([]);
    expect(check(file('pull', 'supplier_cert', ''), '1.1.0-rc.16')).toEqual([]);
  });

  it('names a partner once, however it is spelled', () => {
    const table = (key: string): string =>
      `[replication."${key}"]\ntype = "pull"\nsupplier_cert = "${pin}"\n`;
    expect(check(section(table('repl://b:8444') + table('repl://B:8444/')))).toEqual([
      'error partner-twice 9:1',
    ]);
    expect(check(section(table('https://b:8444')))).toEqual(['error partner-origin-invalid 6:1']);
  });
});

describe('what kanidmd must be given', () => {
  const full = `${head}tls_chain = "/c"\ntls_key = "/k"\ndb_path = "/d"\n`;
  const without = (key: string): string => full.replace(new RegExp(`^${key} = .*\n`, 'm'), '');
  const missing = (text: string, version?: string, variables: Overrides | null = {}) =>
    checkServerConfig(bytes(text), version ?? '1.10.5', {}, variables)
      .filter((it) => it.code === 'required-key-missing')
      .map((it) => it.where.field);

  it.each(['domain', 'origin', 'tls_chain', 'tls_key', 'db_path'])('is %s', (key) => {
    expect(missing(full)).toEqual([]);
    for (const version of ['1.2.0', '1.6.4', '1.8.6', '1.10.5', '1.11.1', '1.12.0'])
      expect(missing(without(key), version)).toEqual([key]);
  });

  it('may come from a variable, from 1.2 on, and is not judged where variables are not known', () => {
    const given = { KANIDM_DOMAIN: 'x', KANIDM_TLS_KEY: '/k' };
    expect(missing(without('domain').replace(/tls_key.*\n/, ''), '1.10.5', given)).toEqual([]);
    expect(missing(without('domain'), '1.1.0-rc.16', given)).toEqual(['domain']);
    expect(missing('', '1.10.5', null)).toEqual([]);
    // On 1.2.0 the variable of the database is taken for the origin.
    expect(missing(without('origin'), '1.2.0', { KANIDM_DB_PATH: 'https://x' })).toEqual([]);
    expect(missing(without('db_path'), '1.2.0', { KANIDM_DB_PATH: '/d' })).toEqual(['db_path']);
  });

  it('is a database, of which its variable tells only where a release reads that', () => {
    for (const version of ['1.1.0-rc.16', '1.5.0', '1.6.0', '1.11.1'])
      expect(missing(without('db_path'), version)).toEqual(['db_path']);
    expect(missing(without('db_path'), '1.11.1', { KANIDM_DB_PATH: '/d' })).toEqual([]);
    const fixOf = (version: string) =>
      checkServerConfig(bytes(without('db_path')), version, {}, {})
        .map((it) => it.fix)
        .join();
    expect(fixOf('1.2.0')).not.toContain('KANIDM_DB_PATH');
    expect(fixOf('1.11.1')).toContain('KANIDM_DB_PATH');
  });

  it('is no TLS before 1.2, but not half of it', () => {
    const old = (text: string) => missing(text, '1.1.0-rc.16');
    expect(old(without('tls_chain').replace(/tls_key.*\n/, ''))).toEqual([]);
    expect(old(without('tls_chain'))).toEqual(['tls_chain']);
  });
});

describe('numbers and texts of which nothing comes', () => {
  const section = '[replication]\norigin = "repl://a:8444"\nbindaddress = "0.0.0.0:8444"\n';

  it('are rounds every 0 seconds, written or by a variable', () => {
    expect(check(`${head}${section}task_poll_interval = 0\n`)).toEqual(['error poll-interval-zero 6:22']);
    expect(check(`${head}${section}task_poll_interval = 1\n`)).toEqual([]);
    const variable = { KANIDM_REPLICATION_TASK_POLL_INTERVAL: '0' };
    expect(check(`${head}${section}`, '1.10.5', variable)).toContain(
      'error poll-interval-zero undefined:undefined',
    );
  });

  it.each([
    `${head}db_arc_size = 99999999999999999999\n`,
    `${head}thread_count = 18446744073709551616\n`,
    `${head}${section}task_poll_interval = 18446744073709551616\n`,
  ])('are numbers beyond 64 bits: %j', (text) => {
    expect(check(text)).toEqual([expect.stringMatching(/^error server-toml-wrong-type/)]);
  });

  it('are numbers of backups beyond 64 bits', () => {
    const backup = `${head}[online_backup]\npath = "/b"\nschedule = "@daily"\nversions = `;
    expect(check(`${backup}99999999999999999999\n`)).toEqual(['error online-backup-invalid 6:12']);
    expect(check(`${backup}7\n`)).toEqual([]);
  });

  it('is an empty domain, unless the database has one', () => {
    expect(check('domain = ""\norigin = "https://x"\n')).toEqual(['warning value-unknown 1:10']);
  });
});
