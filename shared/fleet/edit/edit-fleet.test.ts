import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addServer,
  moveServer,
  newFleet,
  removeServer,
  setDomainUuid,
  setName,
  setRefreshFrom,
  updateServer,
} from './edit-fleet';
import { addLink, removeLink, turnLink, updateLink } from './edit-links';
import { readFleet } from '../read/read-fleet';
import type { Result } from '../../base/result';

const done = (result: Result<string>): string => {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
};
const refused = (result: Result<string>): string => (result.ok ? 'done' : result.error.code);

const ssh = (id: string) => ({ id, connect: 'ssh' as const, endpoint: `ssh://${id}` });

const file = `# Our servers. Ask Ada before changing.
version = 1
name = "Home lab"   # shown in the title

# --- office ---
[[server]]
id = "idm-a"            # the first one
connect = "ssh"
endpoint = "ssh://a"
origin = "repl://a.example.com:8444"
position = { x = 1, y = 2 }

# --- cellar ---
[[server]]
connect = "ssh"
endpoint = 'ssh://b'
id = 'idm-b'
refresh_from = "idm-a"
position.x = 3
position.y = 4

[[server]]
id = "idm-c"
connect = "ssh"
endpoint = "ssh://c"
# moved in May
[server.position]
x = 5
y = 6

# a to b, over the cable
[[link]]
supplier = "idm-a"
consumer = "idm-b"
supplier_origin = "repl://a.cable:8444"

[[link]]
supplier = "idm-b"
consumer = "idm-c"   # over the air
# the end
`;

/** The lines that differ, as `-old` and `+new`. */
const difference = (before: string, after: string): string[] => {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let head = 0;
  while (head < old.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail))
    tail += 1;
  return [
    ...old.slice(head, old.length - tail).map((line) => `-${line}`),
    ...now.slice(head, now.length - tail).map((line) => `+${line}`),
  ];
};

describe('editing a fleet file', () => {
  it('starts empty and grows by servers and links', () => {
    let text = newFleet('A "quoted" \\ näme\u007F');
    text = done(
      addServer(text, { ...ssh('idm-a'), origin: 'repl://a.example.com:8444', position: { x: 0, y: 0 } }),
    );
    text = done(
      addServer(text, {
        id: 'idm-b',
        connect: 'docker',
        endpoint: 'unix:///var/run/docker.sock',
        container: 'b',
      }),
    );
    text = done(addLink(text, { supplier: 'idm-a', consumer: 'idm-b', automaticRefresh: true }));
    const { fleet, problems } = readFleet(text, null);
    expect(problems).toEqual([]);
    expect(fleet).toMatchObject({
      name: 'A "quoted" \\ näme\u007F',
      servers: [{ id: 'idm-a' }, { id: 'idm-b', container: 'b' }],
      links: [{ supplier: 'idm-a', consumer: 'idm-b', automaticRefresh: true }],
    });
    expect(text).toContain('\n[[link]]\nsupplier = "idm-a"\nconsumer = "idm-b"\nautomatic_refresh = true\n');
  });

  it('changes one value and keeps the comment on its line', () => {
    expect(difference(file, done(setName(file, 'Work')))).toEqual([
      '-name = "Home lab"   # shown in the title',
      '+name = "Work"   # shown in the title',
    ]);
  });

  it('adds a key after the others of its table', () => {
    expect(difference(file, done(setDomainUuid(file, '8bd2165e-0000-4000-8000-000000000001')))).toEqual([
      '+domain_uuid = "8bd2165e-0000-4000-8000-000000000001"',
    ]);
    expect(difference(file, done(updateServer(file, 'idm-a', { sudo: true })))).toEqual(['+sudo = true']);
  });

  it('moves a server however its position is written', () => {
    for (const id of ['idm-a', 'idm-b', 'idm-c']) {
      const moved = done(moveServer(file, id, { x: 70.4, y: -80 }));
      const position = readFleet(moved, null).fleet?.servers.find((server) => server.id === id)?.position;
      expect(position).toEqual({ x: 70, y: -80 });
      expect(done(updateServer(moved, id, { position: null }))).not.toMatch(/70/);
    }
  });

  it('carries a new id into links and refresh_from', () => {
    const renamed = done(updateServer(file, 'idm-a', { id: 'office' }));
    expect(renamed).not.toContain('"idm-a"');
    expect(readFleet(renamed, null).problems).toEqual([]);
    expect(done(updateServer(renamed, 'office', { id: 'idm-a' }))).toBe(file);
  });

  it('drops the keys of the other transport with connect', () => {
    const docker = done(
      updateServer(done(updateServer(file, 'idm-a', { sudo: true })), 'idm-a', {
        connect: 'docker',
        endpoint: 'unix:///run/docker.sock',
        container: 'a',
      }),
    );
    expect(readFleet(docker, null).fleet?.servers[0]).toMatchObject({ connect: 'docker', container: 'a' });
    expect(docker).not.toContain('sudo');
  });

  it('removes a server with its comment, its links and what pointed at it, and lists every name it is dialled by', () => {
    const without = done(removeServer(file, 'idm-a', { listRemoved: true }));
    expect(difference(file, without).filter((line) => line.startsWith('+'))).not.toContain(
      '+# --- office ---',
    );
    expect(without).not.toMatch(/office|over the cable|refresh_from/);
    expect(without).toContain('# --- cellar ---');
    expect(without).toContain('# Our servers. Ask Ada before changing.');
    expect(readFleet(without, null)).toMatchObject({
      problems: [],
      fleet: {
        removed: ['repl://a.example.com:8444', 'repl://a.cable:8444'],
        links: [{ supplier: 'idm-b', consumer: 'idm-c' }],
      },
    });
    expect(done(removeServer(file, 'idm-c', { listRemoved: false }))).not.toMatch(/moved in May|position\]/);
  });

  it('leaves alone a text of several lines above it whose last line looks like a comment', () => {
    const text = `version = 1\nname = """\n# Home lab"""\n# About a.\n[[server]]\nid = "idm-a"\nconnect = "ssh"\nendpoint = "ssh://a"\n`;
    const without = done(removeServer(text, 'idm-a', { listRemoved: false }));
    expect(without).toBe('version = 1\nname = """\n# Home lab"""\n');
  });

  it('turns a link round: dialled names stay with whom they reach, automatic refresh goes', () => {
    const automatic = done(
      updateLink(file, { supplier: 'idm-b', consumer: 'idm-c' }, { automaticRefresh: true }),
    );
    const turned = done(turnLink(automatic, { supplier: 'idm-b', consumer: 'idm-c' }));
    expect(readFleet(turned, null).fleet?.links[1]).toMatchObject({
      supplier: 'idm-c',
      consumer: 'idm-b',
      automaticRefresh: false,
    });
    const first = done(turnLink(file, { supplier: 'idm-a', consumer: 'idm-b' }));
    expect(readFleet(first, null)).toMatchObject({
      problems: [],
      fleet: { links: [{ supplier: 'idm-b', consumer: 'idm-a', consumerOrigin: 'repl://a.cable:8444' }, {}] },
    });
  });

  it('removes a link and the refresh_from that chose it', () => {
    const without = done(removeLink(file, { supplier: 'idm-a', consumer: 'idm-b' }));
    expect(without).not.toMatch(/over the cable|refresh_from/);
    expect(readFleet(without, null)).toMatchObject({
      problems: [],
      fleet: { links: [{ consumer: 'idm-c' }] },
    });
  });

  it('keeps Windows line ends and a byte order mark', () => {
    const windows = `\uFEFF${file.replaceAll('\n', '\r\n')}`;
    const edited = done(addLink(done(addServer(windows, ssh('d'))), { supplier: 'idm-a', consumer: 'd' }));
    expect(edited.startsWith('\uFEFF')).toBe(true);
    expect(edited.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(readFleet(edited, null).problems).toEqual([]);
  });

  it('completes a last line that has no end', () => {
    const open = file.slice(0, file.indexOf('   # over the air'));
    const edited = done(addLink(open, { supplier: 'idm-a', consumer: 'idm-c' }));
    expect(edited.startsWith(`${open}\n\n[[link]]\n`)).toBe(true);
  });

  it('refuses what would make the file worse, with the reason', () => {
    expect(refused(addServer(file, ssh('idm-a')))).toBe('fleet-duplicate-id');
    expect(refused(addServer(file, ssh('IDM')))).toBe('fleet-bad-field');
    expect(refused(updateServer(file, 'idm-b', { origin: 'repl://A.example.com:8444' }))).toBe(
      'fleet-duplicate-origin',
    );
    expect(refused(updateServer(file, 'idm-b', { id: 'idm-a' }))).toBe('fleet-duplicate-id');
    expect(refused(addLink(file, { supplier: 'idm-b', consumer: 'idm-a' }))).toBe('fleet-duplicate-link');
    expect(
      refused(updateLink(file, { supplier: 'idm-a', consumer: 'idm-b' }, { automaticRefresh: true })),
    ).toBe('fleet-automatic-refresh-several-suppliers');
    expect(refused(setRefreshFrom(file, 'idm-c', 'idm-a'))).toBe('fleet-refresh-from-no-supplier');
    expect(refused(removeServer(file, 'nobody', { listRemoved: false }))).toBe('no-such-server');
    expect(refused(removeLink(file, { supplier: 'idm-b', consumer: 'idm-a' }))).toBe('no-such-link');
    expect(refused(setName('version = = 1\n', 'x'))).toBe('fleet-syntax');
    expect(refused(addServer('version = 1\nname = "x"\nserver = []\n', ssh('a')))).toBe(
      'fleet-inline-tables',
    );
  });

  it('lets a file with an error be repaired', () => {
    const broken = file.replace('consumer = "idm-c"', 'consumer = "idm-x"');
    expect(
      readFleet(done(removeLink(broken, { supplier: 'idm-b', consumer: 'idm-x' })), null).problems,
    ).toEqual([]);
    expect(refused(setName(broken, 'still broken'))).toBe('done');
  });
});

describe('any fleet file', () => {
  const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,8}$/);
  const name = fc.string({ unit: 'grapheme', minLength: 1 });
  const comment = fc.stringMatching(/^[ -~äöü€]{0,30}$/).map((text) => `# ${text}`);
  const gap = fc.array(fc.oneof(comment, fc.constant('')), { maxLength: 3 });
  const tables = fc.uniqueArray(id, { minLength: 2, maxLength: 5 }).chain((ids) =>
    fc.record({
      ids: fc.constant(ids),
      gaps: fc.array(gap, { minLength: ids.length * 2, maxLength: ids.length * 2 }),
      tail: fc.constantFrom('', ' # why', '   '),
    }),
  );
  /** A chain of servers with comments strewn between; always ends with a line end. */
  const fleetFile = tables.map(({ ids, gaps, tail }) => {
    const gapAt = (position: number): string[] => ['', ...(gaps[position] ?? [])];
    const servers = ids.flatMap((server, position) => [
      ...gapAt(position),
      '[[server]]',
      `id = "${server}"${tail}`,
      'connect = "ssh"',
      `endpoint = "ssh://${server}"${tail}`,
    ]);
    const links = ids
      .slice(1)
      .flatMap((server, position) => [
        ...gapAt(ids.length + position),
        '[[link]]',
        `supplier = "${ids[position] ?? ''}"`,
        `consumer = "${server}"${tail}`,
      ]);
    const last = gaps.at(-1) ?? [];
    return { ids, text: ['version = 1', 'name = "x"', ...servers, ...links, ...last, ''].join('\n') };
  });

  it('is the same again after an edit and its inverse', () => {
    fc.assert(
      fc.property(fleetFile, id, name, ({ ids, text }, fresh, other) => {
        fc.pre(!ids.includes(fresh));
        const [first, last] = [ids[0] ?? '', ids.at(-1) ?? ''];
        expect(readFleet(text, null).problems).toEqual([]);
        const inverses: readonly string[] = [
          done(removeServer(done(addServer(text, ssh(fresh))), fresh, { listRemoved: false })),
          done(updateServer(done(updateServer(text, first, { id: fresh })), fresh, { id: first })),
          done(setName(done(setName(text, other)), 'x')),
          done(setDomainUuid(done(setDomainUuid(text, '8bd2165e-0000-4000-8000-000000000001')), null)),
          done(updateServer(done(moveServer(text, last, { x: 9, y: 9 })), last, { position: null })),
          ...(ids.length > 2
            ? [
                done(
                  removeLink(done(addLink(text, { supplier: first, consumer: last })), {
                    supplier: first,
                    consumer: last,
                  }),
                ),
              ]
            : []),
        ];
        for (const inverse of inverses) expect(inverse).toBe(text);
      }),
    );
  });

  it('keeps every comment and all other lines when one server moves', () => {
    fc.assert(
      fc.property(fleetFile, fc.integer({ min: -5000, max: 5000 }), ({ ids, text }, x) => {
        const moved = done(moveServer(text, ids[0] ?? '', { x, y: 0 }));
        expect(difference(text, moved)).toEqual([`+position = { x = ${x}, y = 0 }`]);
      }),
    );
  });

  it('reads back every name it was given', () => {
    fc.assert(
      fc.property(fleetFile, name, ({ text }, other) => {
        expect(readFleet(done(setName(text, other)), null).fleet?.name).toBe(other);
      }),
    );
  });

  it('takes a server that comes back off the removed ones', () => {
    const server = { id: 'idm-z', connect: 'ssh', endpoint: 'ssh://z' } as const;
    const text = 'version = 1\nname = "x"\n\n[[removed]]\norigin = "repl://z.example.com:8444"\n';
    const back = addServer(text, { ...server, origin: 'repl://Z.example.com:8444/' });
    expect(back.ok && back.value).not.toContain('[[removed]]');
    const without = addServer(text, server);
    expect(without.ok && without.value).toContain('[[removed]]');
    const named = without.ok
      ? updateServer(without.value, 'idm-z', { origin: 'repl://z.example.com:8444' })
      : without;
    expect(named.ok && named.value).not.toContain('[[removed]]');
  });
});
