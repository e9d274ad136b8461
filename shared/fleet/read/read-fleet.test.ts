import { describe, expect, it } from 'vitest';
import { readFleet } from './read-fleet';

const pair = `version = 1
name = "Home lab"

[[server]]
id = "idm-a"
connect = "docker"
endpoint = "unix:///var/run/docker.sock"
container = "idm-a"
origin = "repl://IDM-a.example.com:8444/"

[[server]]
id = "idm-b"
connect = "ssh"
endpoint = "ssh://admin@192.0.2.7:22"
position = { x = 10, y = -2.5 }

[[link]]
supplier = "idm-a"
consumer = "idm-b"

[[removed]]
origin = "repl://idm-old.example.com:8444"
`;

const problemsOf = (text: string) => readFleet(text, 'home.toml').problems;
const codesOf = (text: string) => problemsOf(text).map((problem) => problem.code);

describe('reading a fleet file', () => {
  it('fills in the defaults and spells origins canonically', () => {
    const { fleet, problems } = readFleet(pair, 'home.toml');
    expect(problems).toEqual([]);
    expect(fleet).toEqual({
      name: 'Home lab',
      domainUuid: null,
      servers: [
        {
          id: 'idm-a',
          connect: 'docker',
          endpoint: 'unix:///var/run/docker.sock',
          container: 'idm-a',
          certificates: null,
          origin: 'repl://idm-a.example.com:8444',
          config: null,
          bindaddress: null,
          refreshFrom: null,
          position: null,
        },
        {
          id: 'idm-b',
          connect: 'ssh',
          endpoint: 'ssh://admin@192.0.2.7:22',
          service: 'kanidmd',
          sudo: false,
          kanidmd: 'kanidmd',
          identity: null,
          knownHosts: null,
          config: null,
          origin: null,
          bindaddress: null,
          refreshFrom: null,
          position: { x: 10, y: -2.5 },
        },
      ],
      links: [
        {
          supplier: 'idm-a',
          consumer: 'idm-b',
          mutual: true,
          automaticRefresh: false,
          supplierOrigin: null,
          consumerOrigin: null,
        },
      ],
      removed: ['repl://idm-old.example.com:8444'],
    });
  });

  it('accepts a byte order mark and Windows line ends', () => {
    expect(problemsOf(`\uFEFF${pair.replaceAll('\n', '\r\n')}`)).toEqual([]);
  });

  it('says where the TOML is broken', () => {
    const { fleet, problems } = readFleet('version = 1\nname = \n', 'home.toml');
    expect(fleet).toBeNull();
    expect(problems).toMatchObject([
      { code: 'fleet-syntax', severity: 'error', where: { file: 'home.toml', line: 3, column: 1 } },
    ]);
  });

  it.each([
    ['another version', pair.replace('version = 1', 'version = 2'), 'fleet-bad-field', 'version', 1],
    ['no name', pair.replace('name = "Home lab"\n', ''), 'fleet-missing-field', 'name', 1],
    ['an id in capitals', pair.replace('"idm-a"', '"IDM-A"'), 'fleet-bad-field', 'server[0].id', 5],
    ['no id', pair.replace('id = "idm-b"\n', ''), 'fleet-missing-field', 'server[1].id', 11],
    [
      'no way to connect',
      pair.replace('connect = "ssh"\n', ''),
      'fleet-missing-field',
      'server[1].connect',
      11,
    ],
    ['another way to connect', pair.replace('"ssh"', '"telnet"'), 'fleet-bad-field', 'server[1].connect', 13],
    [
      'no container',
      pair.replace('container = "idm-a"\n', ''),
      'fleet-missing-field',
      'server[0].container',
      4,
    ],
    ['a number for text', pair.replace('"Home lab"', '7'), 'fleet-bad-field', 'name', 2],
    ['another scheme', pair.replace('repl://IDM', 'https://IDM'), 'fleet-bad-field', 'server[0].origin', 9],
    ['a bad position', pair.replace('x = 10', 'x = "10"'), 'fleet-bad-field', 'server[1].position.x', 15],
    [
      'a name to bind',
      pair.replace('position = { x = 10, y = -2.5 }', 'bindaddress = "localhost:8444"'),
      'fleet-bad-field',
      'server[1].bindaddress',
      15,
    ],
  ])('refuses %s and names line and field', (_what, text, code, field, line) => {
    const { fleet, problems } = readFleet(text, 'home.toml');
    expect(fleet).toBeNull();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code, severity: 'error', where: { file: 'home.toml', field, line } });
    expect(problems[0]?.message).not.toMatch(/undefined|Invalid|expected/);
    expect(problems[0]?.fix).not.toBe('');
  });

  it('refuses an unknown key and says which was meant', () => {
    const text = pair.replace('consumer = "idm-b"', 'consumer = "idm-b"\nautomatic-refesh = true');
    expect(problemsOf(text)).toMatchObject([
      {
        code: 'fleet-unknown-key',
        fix: 'Did you mean automatic_refresh?',
        where: { field: 'link[0].automatic-refesh', line: 20, column: 1 },
      },
    ]);
  });

  it('tells a key of the other transport from a typo', () => {
    expect(problemsOf(pair.replace('container = "idm-a"', 'container = "idm-a"\nsudo = true'))).toMatchObject(
      [
        {
          code: 'fleet-unknown-key',
          message: expect.stringContaining('connect = "ssh"'),
          where: { line: 9 },
        },
      ],
    );
  });

  it('refuses two servers of one id, and gives no fleet', () => {
    const { fleet, problems } = readFleet(pair.replace('id = "idm-b"', 'id = "idm-a"'), null);
    expect(fleet).toBeNull();
    expect(problems.map((problem) => problem.code)).toContain('fleet-duplicate-id');
  });

  it('refuses one origin for two servers, however it is spelled', () => {
    const text = pair.replace('id = "idm-b"', 'id = "idm-b"\norigin = "repl://idm-a.EXAMPLE.com:8444"');
    expect(problemsOf(text)).toMatchObject([
      { code: 'fleet-duplicate-origin', server: 'idm-b', where: { field: 'server[1].origin', line: 13 } },
    ]);
  });

  it('refuses one container for two servers', () => {
    const twin = pair.slice(pair.indexOf('[[server]]'), pair.indexOf('[[server]]', 40));
    const text = `${pair}${twin.replace('id = "idm-a"', 'id = "idm-c"').replace(/origin.*\n/, '')}`;
    expect(codesOf(text)).toEqual(['fleet-duplicate-endpoint']);
  });

  it('knows one SSH service by other spellings of its endpoint', () => {
    const server = (id: string, endpoint: string) =>
      `[[server]]\nid = "${id}"\nconnect = "ssh"\nendpoint = "${endpoint}"\n`;
    const two = (a: string, b: string) =>
      codesOf(`version = 1\nname = "x"\n${server('a', a)}${server('b', b)}`);
    expect(two('ssh://admin@Host', 'ssh://admin@host:22/')).toEqual(['fleet-duplicate-endpoint']);
    expect(two('ssh://admin@host', 'ssh://admin@host:222')).toEqual([]);
    expect(two('ssh://admin@host', 'ssh://other@host')).toEqual([]);
  });

  it('refuses to remove a server that is in the fleet', () => {
    const text = `${pair}\n[[removed]]\norigin = "repl://IDM-A.example.com:8444/"\n`;
    expect(problemsOf(text)).toMatchObject([
      { code: 'fleet-removed-still-there', server: 'idm-a', where: { field: 'removed[1].origin' } },
    ]);
  });

  it('warns of a dialled name without a port', () => {
    const text = pair.replace('consumer = "idm-b"', 'consumer = "idm-b"\nsupplier_origin = "repl://a.vpn"');
    expect(problemsOf(text)).toMatchObject([
      { code: 'fleet-origin-without-port', severity: 'warning', where: { field: 'link[0].supplier_origin' } },
    ]);
  });

  it('refuses an origin that is an IPv6 address, warns of an IPv4 address and of one without a port', () => {
    expect(problemsOf(pair.replace('IDM-a.example.com', '192.0.2.7'))).toMatchObject([
      { code: 'fleet-origin-is-address', severity: 'warning', where: { line: 9 } },
    ]);
    expect(problemsOf(pair.replace('IDM-a.example.com', '[2001:db8::7]'))).toMatchObject([
      { code: 'fleet-origin-never-works', severity: 'error', where: { line: 9 } },
    ]);
    expect(problemsOf(pair.replace(':8444/', ''))).toMatchObject([
      { code: 'fleet-origin-without-port', severity: 'warning', where: { line: 9 } },
    ]);
  });

  it('refuses links to nobody, to itself, and twice between a pair', () => {
    const link = (supplier: string, consumer: string) =>
      `${pair}\n[[link]]\nsupplier = "${supplier}"\nconsumer = "${consumer}"\n`;
    expect(problemsOf(link('idm-x', 'idm-b'))).toMatchObject([
      { code: 'fleet-link-unknown-server', where: { field: 'link[1].supplier' } },
    ]);
    expect(codesOf(link('idm-a', 'idm-a'))).toEqual(['fleet-link-to-itself']);
    expect(codesOf(link('idm-b', 'idm-a'))).toEqual(['fleet-duplicate-link']);
    expect(readFleet(link('idm-b', 'idm-a'), null).fleet?.links).toHaveLength(1);
  });

  it('refuses refresh_from a server that supplies nothing', () => {
    const text = pair.replace('position', 'refresh_from = "idm-c"\nposition');
    expect(problemsOf(text)).toMatchObject([
      { code: 'fleet-refresh-from-no-supplier', server: 'idm-b', where: { line: 15 } },
    ]);
    expect(codesOf(text.replace('idm-c', 'idm-a'))).toEqual([]);
  });

  it('refuses automatic refresh on a server that pulls from two, mutual links counted', () => {
    const third = `${pair.replace('consumer = "idm-b"', 'consumer = "idm-b"\nautomatic_refresh = true')}
[[server]]
id = "idm-c"
connect = "ssh"
endpoint = "ssh://c"

[[link]]
supplier = "idm-b"
consumer = "idm-c"
`;
    expect(problemsOf(third)).toMatchObject([
      {
        code: 'fleet-automatic-refresh-several-suppliers',
        server: 'idm-b',
        where: { field: 'link[0].automatic_refresh', line: 20 },
      },
    ]);
    expect(codesOf(`${third}mutual = false\n`)).toEqual([]);
  });
});

describe('a wrong field', () => {
  const told = (lines: string) =>
    readFleet(`version = 1\nname = "x"\n[[server]]\n${lines}`, 'f.toml').problems;

  it('is told by its server’s id, or by the table’s place counted from one', () => {
    expect(told('id = "idm-a"\nconnect = "ssh"\n')).toMatchObject([
      { message: 'endpoint of idm-a is missing', where: { field: 'server[0].endpoint' } },
    ]);
    expect(told('connect = "ssh"\nendpoint = "ssh://a"\n')).toMatchObject([
      { message: 'id of the 1st [[server]] is missing' },
    ]);
  });

  it('comes with advice for how its server is reached', () => {
    expect(told('id = "idm-a"\nconnect = "ssh"\n')[0]?.fix).toContain('ssh://');
    expect(told('id = "idm-a"\nconnect = "docker"\ncontainer = "a"\n')[0]?.fix).toContain(
      'unix:///var/run/docker.sock',
    );
  });
});
