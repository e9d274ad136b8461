import { describe, expect, it } from 'vitest';
import type { Certificate } from '../../certificates/certificate';
import type { LogEvidence } from '../../kanidmd/evidence';
import { readLog } from '../../kanidmd/rounds';
import {
  type CertificateText,
  type DomainUuid,
  type Fingerprint,
  type Origin,
  type ServerId,
  type Sha256,
  trusted,
} from '../../base/names';
import type { HostFacts, ObservedServer } from '../../observed/observed';
import type { Partner, ReplicationConfig, ServerConfig } from '../../server-config/server-config';
import { readFleet } from '../read/read-fleet';
import { readTopology } from '../model/topology';
import { checkObserved } from './check-observed';
import { chapters } from './registry';
import type { Words } from './words';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const DOMAIN = '8bd2165e-0000-4000-8000-000000000001';
const OTHER = '8bd2165e-0000-4000-8000-000000000002';

const certificateOf = (id: string, more: Partial<Certificate> = {}): Certificate => ({
  text: trusted<CertificateText>(`certificateOf${id}`),
  fingerprint: trusted<Fingerprint>(`SHA256:${id}`),
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2030-01-01T00:00:00Z',
  names: [`${id}.example.com`],
  addresses: [],
  ...more,
});

const partner = (id: string, more: Partial<Partner> = {}): Partner => ({
  origin: trusted<Origin>(`repl://${id}.example.com:8444`),
  type: 'mutual-pull',
  certificate: trusted<CertificateText>(`certificateOf${id}`),
  automaticRefresh: false,
  ...more,
});

/** A healthy server whose file has a table for each partner named. */
interface Sketch {
  readonly server?: Partial<ObservedServer>;
  readonly facts?: Partial<HostFacts>;
  readonly config?: Partial<ServerConfig>;
  readonly replication?: Partial<ReplicationConfig>;
  readonly partners?: readonly Partner[];
}

function seen(id: string, { server, facts, config, replication, partners = [] }: Sketch): ObservedServer {
  return {
    id: trusted<ServerId>(id),
    state: 'running',
    faults: [],
    facts: {
      configPath: '/etc/kanidm/server.toml',
      overrides: {},
      publishedPorts: null,
      manager: 'systemd',
      clockOffsetMs: 0,
      startedAt: NOW - 60_000,
      runningVersion: '1.10.5',
      service: { state: 'running', detail: 'active (running)' },
      ...facts,
    },
    file: null,
    config: {
      version: '2',
      domain: 'example.com',
      origin: `https://${id}.example.com`,
      dbPath: '/var/lib/kanidm/kanidm.db',
      adminBindPath: null,
      bindaddress: '[::]:443',
      tlsChain: null,
      tlsKey: null,
      ldapBindaddress: null,
      onlineBackupPath: null,
      plainBackups: false,
      otelCollector: null,
      acknowledgement: false,
      replication: {
        origin: `repl://${id}.example.com:8444`,
        bindaddress: '0.0.0.0:8444',
        taskPollInterval: 15,
        partners,
        ...replication,
      },
      ...config,
    },
    versionOnDisk: '1.10.5',
    domain: { name: 'example.com', uuid: trusted<DomainUuid>(DOMAIN), level: 14 },
    certificate: certificateOf(id),
    log: null,
    ...server,
  };
}

/** The problems of a fleet in which `a` supplies all others. */
function check(sketches: Readonly<Record<string, Sketch>>, more = '', linkMore = '', top = '') {
  const ids = Object.keys(sketches);
  const text = [
    `version = 1\nname = "x"\n${top}`,
    ...ids.map((id) => `[[server]]\nid = "${id}"\nconnect = "ssh"\nendpoint = "ssh://${id}"`),
    more,
    ...ids.slice(1).map((id) => `[[link]]\nsupplier = "a"\nconsumer = "${id}"\n${linkMore}`),
  ].join('\n');
  const { fleet, problems } = readFleet(text, null);
  if (!fleet) throw new Error(JSON.stringify(problems));
  const observed = ids.map((id) => seen(id, sketches[id] ?? {}));
  return checkObserved(fleet, readTopology(fleet), observed, NOW);
}

/** Of a version, whose log shows these rounds. */
const release = (version: string, rounds: LogEvidence['rounds'] = []): Sketch => ({
  server: {
    versionOnDisk: version,
    log: {
      ...{ from: 0, to: 1, startedAt: null, runningVersion: null, listening: true, troubles: [] },
      rounds,
    },
  },
  facts: { runningVersion: version },
});
const ROUND: LogEvidence['rounds'][number] = {
  ...{ at: 1, span: 's', kind: 'incremental', supplierHost: 'a.example.com', ports: [8444], took: 1 },
  ...{ outcome: { kind: 'success' }, lines: [] },
};

const pair = (a: Sketch, b: Sketch = {}, ...more: string[]) =>
  check({ a: { partners: [partner('b')], ...a }, b: { partners: [partner('a')], ...b } }, ...more);
const brief = (problems: ReturnType<typeof check>) => problems.map(({ code, server }) => [code, server]);

describe('what servers show', () => {
  it('finds nothing wrong with a healthy, deployed pair', () => {
    expect(pair({})).toEqual([]);
  });

  const domain = (name: string, uuid = DOMAIN, level = 14) => ({
    server: { domain: { name, uuid: trusted<DomainUuid>(uuid), level } },
  });
  const certificate = (more: Partial<Certificate>): Sketch => ({
    server: { certificate: certificateOf('a', more) },
  });

  it.each<[string, Sketch, Sketch, [string, string | null][]]>([
    ['a stopped server', { server: { state: 'stopped' } }, {}, [['server-stopped', 'a']]],
    [
      'an unreachable server, once',
      { server: { state: 'unreachable', config: null, facts: null, domain: null, certificate: null } },
      {},
      [
        ['server-unreachable', 'a'],
        ['not-checked', 'a'],
      ],
    ],
    ['an unreadable file', { server: { config: null } }, {}, [['not-checked', 'a']]],
    [
      'another running version',
      { facts: { runningVersion: '1.10.4' } },
      { facts: { runningVersion: '1.10.4' } },
      [
        ['restart-is-an-upgrade', 'a'],
        ['restart-is-an-upgrade', 'b'],
      ],
    ],
    [
      'versions that differ',
      { server: { versionOnDisk: '1.11.1' }, facts: { runningVersion: '1.11.1' } },
      {},
      [['versions-differ', null]],
    ],
    [
      'a version whose log does not tell of rounds',
      release('1.6.3'),
      release('1.6.3'),
      [
        ['rounds-not-told', 'a'],
        ['rounds-not-told', 'b'],
      ],
    ],
    ['the same at level debug', release('1.6.4', [ROUND]), release('1.6.4', [ROUND]), []],
    ['one from before', release('1.6.2'), release('1.6.2'), []],
    ['one from after', release('1.7.0'), release('1.7.0'), []],
    ['domain levels that differ', domain('example.com', DOMAIN, 15), {}, [['domain-levels-differ', null]]],
    ['a clock 2 minutes off', { facts: { clockOffsetMs: 120_000 } }, {}, [['clock-drifts', 'a']]],
    ['a clock 11 minutes off', {}, { facts: { clockOffsetMs: -660_000 } }, [['clock-skew', 'b']]],
    [
      'our own clock wrong: nobody’s problem',
      { facts: { clockOffsetMs: 9e6 } },
      { facts: { clockOffsetMs: 9e6 } },
      [],
    ],
    [
      'an expired certificate',
      certificate({ notAfter: '2026-11-23T11:00:00Z' }),
      {},
      [['certificate-expired', 'a']],
    ],
    [
      'one that expires in 29 days',
      certificate({ notAfter: '2026-12-22T13:00:00Z' }),
      {},
      [['certificate-expires-soon', 'a']],
    ],
    ['one that expires in 31 days: fine', certificate({ notAfter: '2026-12-24T13:00:00Z' }), {}, []],
    [
      'one of the future',
      certificate({ notBefore: '2026-12-24T13:00:00Z' }),
      {},
      [['certificate-not-yet-valid', 'a']],
    ],
    [
      'one for another name',
      certificate({ names: ['old.example.com'] }),
      {},
      [['certificate-for-other-name', 'a']],
    ],
    ['a wildcard for the name: fine', certificate({ names: ['*.example.com'] }), {}, []],
    [
      'a pin of another certificate',
      { partners: [partner('b', { certificate: trusted<CertificateText>('older') })] },
      {},
      [['pin-differs', 'a']],
    ],
    [
      'a pin with padding: the same',
      { partners: [partner('b', { certificate: trusted<CertificateText>('certificateOfb==') })] },
      {},
      [],
    ],
    [
      'a partner the fleet does not know',
      { partners: [partner('b'), partner('x')] },
      {},
      [
        ['pin-unreadable', 'a'],
        ['unknown-partner', 'a'],
      ],
    ],
    ['a link nobody has yet', { partners: [] }, { partners: [] }, [['link-not-deployed', null]]],
    [
      'a link one side lacks, for it has no replication',
      {},
      { config: { replication: null }, server: { certificate: null } },
      [
        ['no-origin', 'b'],
        ['link-not-deployed', null],
      ],
    ],
    [
      'a link of another type',
      { partners: [partner('b', { type: 'allow-pull' })] },
      {},
      [['link-differs', null]],
    ],
    ['a loopback bind', { replication: { bindaddress: '127.0.0.1:8444' } }, {}, [['loopback-bind', 'a']]],
    [
      'another port than is dialled',
      { replication: { bindaddress: '0.0.0.0:9444' } },
      {},
      [['bind-port-differs', 'a']],
    ],
    [
      'a port the container keeps to itself',
      { facts: { publishedPorts: [443] } },
      {},
      [['port-not-published', 'a']],
    ],
    ['a published port: fine', { facts: { publishedPorts: [443, 8444] } }, {}, []],
    [
      'an override that agrees',
      { facts: { overrides: { KANIDM_REPLICATION_ORIGIN: 'repl://a.example.com:8444' } } },
      {},
      [['environment-overrides', 'a']],
    ],
    ['overrides of other things: fine', { facts: { overrides: { KANIDM_LOG_LEVEL: 'info' } } }, {}, []],
    [
      'a flag on the primary',
      { partners: [partner('b', { automaticRefresh: true })] },
      {},
      [
        ['automatic-refresh-on-primary', 'a'],
        ['link-differs', null],
      ],
    ],
    ['no bindaddress: the file says it', { replication: { bindaddress: null } }, {}, []],
    [
      'an HTTPS origin outside the domain',
      { config: { origin: 'https://idm.example.org' }, server: { domain: null } },
      {},
      [
        ['not-checked', 'a'],
        ['https-origin-outside-domain', 'a'],
      ],
    ],
    [
      'an HTTPS origin outside the domain of the database, whatever the file calls it',
      { config: { origin: 'https://idm.example.org', domain: 'example.org' } },
      {},
      [['origin-outside-database', 'a']],
    ],
    [
      'an HTTPS origin outside the domain of the data that is to be taken',
      {},
      {
        ...domain('other.org', OTHER),
        config: { origin: 'https://idm.other.org', domain: 'other.org' },
      },
      [
        ['origin-outside-database', 'b'],
        ['domain-names-differ', 'b'],
      ],
    ],
    ['one below the domain: fine', { config: { origin: 'https://x.y.example.com:8443' } }, {}, []],
    [
      'versions two minors apart',
      { server: { versionOnDisk: '1.8.5' }, facts: { runningVersion: '1.8.5' } },
      {},
      [['versions-far-apart', null]],
    ],
    [
      'a link one side lacks, though it replicates',
      { replication: { partners: [] } },
      {},
      [['link-one-sided', 'a']],
    ],
    ['a clock nobody measured', { facts: { clockOffsetMs: null } }, {}, [['not-checked', 'a']]],
    [
      'a program that does not say what runs',
      { facts: { runningVersion: null } },
      {},
      [['not-checked', 'a']],
    ],
    ['a domain that is not shown', {}, { server: { domain: null } }, [['not-checked', 'b']]],
    ['a certificate that is not shown', {}, { server: { certificate: null } }, [['not-checked', 'b']]],
    [
      'another domain name',
      {},
      domain('other.org', OTHER),
      [
        ['origin-outside-database', 'b'],
        ['domain-names-differ', 'b'],
      ],
    ],
  ])('judges %s', (_what, a, b, expected) => {
    expect(brief(pair(a, b))).toEqual(expected);
  });

  it.each([
    ['repl://192.0.2.7:8444', '1.7.3', []],
    ['repl://192.0.2.7:8444', '1.7.2', ['origin-is-address']],
    ['repl://[2001:db8::7]:8444', '1.11.1', ['origin-never-works']],
  ])('judges the origin %s on %s', (origin, version, expected) => {
    const found = brief(
      pair(
        { replication: { origin }, server: { versionOnDisk: version }, facts: { runningVersion: version } },
        {},
      ),
    );
    expect(found.map(([code]) => code).filter((code) => code?.startsWith('origin-'))).toEqual(expected);
  });

  it.each([
    // The variable counts: the server is what it says.
    ['1.10.5', 'ORIGIN', 'repl://env.example.com:8444', ['environment-overrides']],
    ['1.5.0', 'ORIGIN', 'repl://env.example.com:8444', ['environment-overrides']],
    ['1.8.6', 'ORIGIN', 'repl://env.example.com:8444', ['environment-ignored']],
    ['1.6.0', 'ORIGIN', 'repl://env.example.com:8444', ['environment-ignored']],
    ['1.8.6', 'ORIGIN', 'repl://a.example.com:8444', []],
    ['1.10.5', 'BINDADDRESS', '127.0.0.1:8444', ['loopback-bind', 'environment-overrides']],
    ['1.8.6', 'BINDADDRESS', '127.0.0.1:8444', ['environment-ignored']],
    ['1.1.0-rc.15', 'BINDADDRESS', '127.0.0.1:8444', []],
  ])('judges on %s KANIDM_REPLICATION_%s=%s', (version, name, value, expected) => {
    const sketch: Sketch = {
      server: { versionOnDisk: version },
      facts: { runningVersion: version, overrides: { [`KANIDM_REPLICATION_${name}`]: value } },
    };
    const found = brief(pair(sketch, {})).map(([code]) => code);
    expect(found.filter((code) => code?.startsWith('environment') || code?.startsWith('loopback'))).toEqual(
      expected,
    );
  });

  it('contradicts a fleet file only where the variable counts', () => {
    const codes = (runningVersion: string) =>
      pair(
        {},
        {
          facts: { runningVersion, overrides: { KANIDM_REPLICATION_ORIGIN: 'repl://other:8444' } },
          server: { versionOnDisk: runningVersion },
        },
        'origin = "repl://b.example.com:8444"',
      ).map(({ code }) => code);
    expect(codes('1.10.5')).toContain('environment-contradicts');
    expect(codes('1.8.6')).not.toContain('environment-contradicts');
  });

  it('goes by the domain a server runs with', () => {
    const local = (version: string): Sketch => ({
      config: { domain: 'localhost', origin: 'https://localhost' },
      server: { versionOnDisk: version },
      facts: {
        runningVersion: version,
        overrides: { KANIDM_DOMAIN: 'example.com', KANIDM_ORIGIN: 'https://example.com' },
      },
    });
    expect(brief(pair(local('1.10.5'), local('1.10.5')))).toEqual([]);
    expect(brief(pair(local('1.8.6'), local('1.8.6')))).toEqual([
      ['origin-outside-database', 'a'],
      ['origin-outside-database', 'b'],
      ['domain-names-differ', 'b'],
    ]);
  });

  it.each<[string, Sketch, string]>([
    ['otel_grpc_endpoint', { config: { otelCollector: 'tempo:4317' } }, 'Remove otel_grpc_url or'],
    [
      'KANIDM_OTEL_GRPC_URL',
      { facts: { overrides: { KANIDM_OTEL_GRPC_URL: 'http://tempo:4317' } } },
      'Remove KANIDM_OTEL_GRPC_URL from',
    ],
  ])('says that kanidmd prints nothing, with %s', (_name, sketch, fix) => {
    const found = pair(sketch, {});
    expect(found).toMatchObject([{ code: 'words-go-elsewhere', severity: 'error', server: 'a' }]);
    expect(found[0]?.fix).toContain(fix);
  });

  it.each<[string, Partial<Certificate>, readonly string[]]>([
    ['1.7.4', { names: ['192.0.2.7'] }, ['certificate-address-as-name']],
    ['1.7.4', { names: ['192.0.2.7'], addresses: ['192.0.2.7'] }, []],
    ['1.7.2', { names: ['192.0.2.7'] }, []],
    ['1.10.5', { names: ['a.example.com'] }, ['certificate-for-other-name']],
  ])(
    'judges the certificate of a server with an address as origin, on %s: %j',
    (version, names, expected) => {
      const found = pair({
        replication: { origin: 'repl://192.0.2.7:8444' },
        server: { versionOnDisk: version, certificate: certificateOf('a', names) },
        facts: { runningVersion: version },
      });
      expect(found.map(({ code }) => code).filter((code) => code.startsWith('certificate-'))).toEqual(
        expected,
      );
    },
  );

  it('leaves a fleet that lives on one machine its loopback', () => {
    const local = (id: string): Sketch => ({
      replication: { origin: `repl://${id}.localhost:8444`, bindaddress: '127.0.0.1:8444' },
      server: { certificate: certificateOf(id, { names: [`${id}.localhost`] }) },
      partners: [
        partner(id === 'a' ? 'b' : 'a', {
          origin: trusted<Origin>(`repl://${id === 'a' ? 'b' : 'a'}.localhost:8444`),
        }),
      ],
    });
    expect(pair(local('a'), local('b'))).toEqual([]);
  });

  it('takes a loopback address of the fleet file as chosen', () => {
    const found = check(
      { b: { partners: [partner('a')] }, a: { partners: [partner('b')] } },
      'bindaddress = "127.0.0.1:8444"\n[[link]]\nsupplier = "b"\nconsumer = "a"\n#',
      '#',
    );
    expect(found.map((problem) => problem.code)).toContain('loopback-bind-chosen');
    expect(found.map((problem) => problem.code)).not.toContain('loopback-bind');
  });

  it('knows removed servers', () => {
    const removed = '[[removed]]\norigin = "repl://x.example.com:8444"';
    expect(pair({ partners: [partner('b'), partner('x')] }, {}, removed)).toEqual([]);
  });

  it('holds a dialled name against the certificate', () => {
    const found = pair(
      {},
      { partners: [partner('a', { origin: trusted<Origin>('repl://a.vpn:8444') })] },
      '',
      'supplier_origin = "repl://a.vpn:8444"',
    );
    expect(brief(found)).toEqual([['certificate-name', 'b']]);
    expect(found[0]?.where).toMatchObject({ link: 'b ← a', field: 'supplier_origin' });
  });

  it('finds two tables for one partner', () => {
    const twice = [partner('a'), partner('a', { origin: trusted<Origin>('repl://a.vpn:8444') })];
    const found = pair({}, { partners: twice }, '', 'supplier_origin = "repl://a.vpn:8444"');
    expect(found.find((problem) => problem.code === 'second-table')).toMatchObject({
      severity: 'warning',
      server: 'b',
      message: expect.stringContaining('repl://a.vpn:8444'),
      links: ['b ← a'],
    });
  });

  it('says of a stopped server what it could not judge, and why', () => {
    const stopped = { state: 'stopped', domain: null, certificate: null } as const;
    const found = pair({ server: stopped, facts: { clockOffsetMs: null } });
    const open = found.filter((problem) => problem.code === 'not-checked');
    expect(open).toMatchObject([
      { severity: 'info', server: 'a', rules: expect.arrayContaining(['pin-differs']) },
    ]);
    expect(open[0]?.message).toBe(
      'While kanidmd does not run on a, this is not checked: whether the clock of a is right; whose data a holds; whether the certificate of a is valid, and pinned by its partners.',
    );
    const codes = chapters.flatMap(({ families }) => families.flatMap((it) => Object.keys(it.words)));
    for (const problem of pair({ server: stopped }, { facts: { clockOffsetMs: null } }))
      expect(codes.filter((code) => code.includes('-') && problem.message.includes(code))).toEqual([]);
  });

  it('knows by its log that a server cannot resolve a partner', () => {
    const log = (text: string) => readLog([{ at: 2_000_000, text }], 1_000_000, 3_000_000);
    const unresolved = log(
      "00000000-0000-0000-0000-000000000000 ERROR    🚨 [error]: Unable to resolve 'repl://b.example.com:8444' to ip:port",
    );
    expect(unresolved.troubles).toMatchObject([{ code: 'name-not-found' }]);
    expect(brief(pair({ server: { log: unresolved } }))).toEqual([['partner-name-not-found', 'a']]);
    expect(pair({ server: { log: log('nothing') } })).toEqual([]);
  });

  it('names the servers and links that a problem concerns', () => {
    const one = pair({}, { replication: { partners: [] } })[0];
    expect(one).toMatchObject({ server: 'b', servers: ['a', 'b'], links: ['a → b'] });
    const apart = pair({ server: { versionOnDisk: '1.9.1' }, facts: { runningVersion: '1.9.1' } })[0];
    expect(apart).toMatchObject({ server: null, servers: ['a', 'b'] });
  });

  it('finds one origin on two servers', () => {
    const twin = { origin: 'repl://a.example.com:8444' };
    const codes = pair({}, { replication: twin }).filter((problem) => problem.code === 'same-origin');
    expect(codes.map((problem) => problem.server)).toEqual(['a', 'b']);
  });

  it('warns of automatic refresh in the file of a server with two suppliers: the deploy repairs it', () => {
    const found = pair({}, { partners: [partner('a', { automaticRefresh: true }), partner('x')] });
    expect(found.find((problem) => problem.code === 'automatic-refresh-several-suppliers')).toMatchObject({
      severity: 'warning',
      server: 'b',
    });
    const allowed = pair(
      {},
      { partners: [partner('a', { automaticRefresh: true }), partner('x', { type: 'allow-pull' })] },
    );
    expect(allowed.map((problem) => problem.code)).not.toContain('automatic-refresh-several-suppliers');
  });
});

describe('a server’s own file', () => {
  const file = (text: string): Sketch => ({
    server: {
      file: {
        path: '/etc/kanidm/server.toml',
        sha256: trusted<Sha256>('0'.repeat(64)),
        text,
        modifiedAt: NOW,
      },
    },
  });
  const sound = `bindaddress = "[::]:443"
db_path = "/var/lib/kanidm/kanidm.db"
tls_chain = "/etc/kanidm/chain.pem"
tls_key = "/etc/kanidm/key.pem"
domain = "example.com"
origin = "https://a.example.com"
`;

  it('says what its version would refuse, with line and column', () => {
    expect(pair(file(sound))).toEqual([]);
    expect(pair(file(`${sound}frobnicate = true\n`))).toMatchObject([
      {
        severity: 'error',
        server: 'a',
        where: { server: 'a', file: '/etc/kanidm/server.toml', line: 7, column: 1, field: 'frobnicate' },
      },
    ]);
  });

  it('only warns of what the deploy puts right', () => {
    const acknowledged = file(`i_acknowledge_that_replication_is_in_development = true\n${sound}`);
    expect(pair(acknowledged)).toMatchObject([
      { code: 'acknowledgement-fatal', severity: 'warning', server: 'a' },
    ]);
    expect(check({ a: acknowledged })).toMatchObject([{ code: 'acknowledgement-fatal', severity: 'error' }]);
  });

  it('does not repeat what the probe has said', () => {
    const broken = file('domain = \n');
    const fault = { code: 'server-toml-syntax', message: 'm', fix: 'f', where: {} };
    const server = { ...broken.server, config: null, faults: [fault] };
    expect(brief(pair({ server }))).toEqual([['not-checked', 'a']]);
  });
});

describe('the primary', () => {
  const inDomain = (uuid: string): Partial<ObservedServer> => ({
    domain: { name: 'example.com', uuid: trusted<DomainUuid>(uuid), level: 14 },
  });
  const top = `domain_uuid = "${DOMAIN}"`;

  it('stops the whole deploy when it is not in the fleet’s domain', () => {
    const found = pair({ server: inDomain(OTHER) }, {}, '', '', top);
    expect(found).toMatchObject([
      { code: 'primary-looks-new', severity: 'error', server: null, where: { server: 'a' } },
    ]);
    expect(pair({}, {}, '', '', top)).toEqual([]);
    expect(pair({}, { server: inDomain(OTHER) }, '', '', top)).toEqual([]);
  });

  it('stops when the secondaries agree with each other and not with it', () => {
    const three = (a: string, b: string, c: string) =>
      check({
        a: { partners: [partner('b'), partner('c')], server: inDomain(a) },
        b: { partners: [partner('a')], server: inDomain(b) },
        c: { partners: [partner('a')], server: inDomain(c) },
      });
    expect(three(OTHER, DOMAIN, DOMAIN)).toMatchObject([
      { code: 'primary-outvoted', severity: 'error', server: null },
    ]);
    expect(three(DOMAIN, DOMAIN, DOMAIN)).toEqual([]);
    // Fresh servers are each in a domain of their own.
    expect(three(DOMAIN, OTHER, '8bd2165e-0000-4000-8000-000000000003')).toEqual([]);
  });
});

describe('the words of the rules', () => {
  const all: readonly Words[] = chapters.flatMap(({ families }) => families.map(({ words }) => words));
  const words = all.flatMap((family) => Object.entries(family));

  it('say of every code what, what to do and where it comes from', () => {
    for (const [code, { what, fix, from, source }] of words) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect([what.endsWith('.'), fix.endsWith('.'), from === ''], code).toEqual([true, true, false]);
      if (source !== undefined) expect(source).toMatch(/^(design|kanidm)\.md/);
    }
  });

  it('stand once', () => {
    const codes = words.map(([code]) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });
});
