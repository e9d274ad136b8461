import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addServer, moveServer, newFleet, removeServer, setName, updateServer } from '../edit/edit-fleet';
import { addLink, removeLink, turnLink, updateLink } from '../edit/edit-links';
import { readFleet } from '../read/read-fleet';
import type { Result } from '../../base/result';
import { entriesOf, textOf } from './entries';
import { mergeFleets } from './merge-fleets';

const base = `# Our lab.
# Ask Ada before you change it.

version = 1
# what the window shows
name = "Home lab" # ours

# --- servers ---

[[server]]
id = "idm-a"
connect = "ssh"
endpoint = "ssh://a" # rack 1
position = { x = 0, y = 0 }
# a is the oldest

[[server]]
id = "idm-b"
connect = "ssh"
endpoint = "ssh://b"

[server.position]
x = 10
y = 20

# the third one
[[server]]
id = "idm-c"
connect = "docker"
endpoint = "unix:///run/docker.sock"
container = "idm-c"

# --- links ---

[[link]]
supplier = "idm-a"
consumer = "idm-b"

[[removed]]
origin = "repl://old.example.com:8444"
# the end
`;

const ok = (result: Result<string>): string => {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};
const merged = (mine: string, theirs: string) => mergeFleets({ base, mine, theirs });
const link = (text: string) => ok(addLink(text, { supplier: 'idm-a', consumer: 'idm-c' }));

describe('a fleet file taken apart', () => {
  it.each([
    base,
    base.trimEnd(),
    '',
    'version = 1\n',
    '\n\n# only this\n',
    'a = """\n\n# no comment\n[[server]]\n"""\n[[server]]\n',
  ])('is the file again when it is put together', (text) => {
    expect(textOf(entriesOf(text) ?? [])).toBe(text.endsWith('\n') || text === '' ? text : `${text}\n`);
  });

  it('has an entry for each thing, with the comments that touch it', () => {
    const entries = entriesOf(base) ?? [];
    expect(entries.map(({ title }) => title)).toEqual([
      ...['a comment', 'version', 'name', 'a comment', 'idm-a', 'idm-b', 'idm-c', 'a comment'],
      ...['the link idm-a → idm-b', 'repl://old.example.com:8444, listed as removed'],
    ]);
    expect(entries.find(({ title }) => title === 'idm-a')?.text).toContain('# a is the oldest');
    expect(entries.find(({ title }) => title === 'idm-b')?.text).toContain('y = 20');
    expect(entries.find(({ title }) => title === 'idm-c')?.text).toMatch(/^# the third one\n/);
  });
});

describe('two versions of a fleet file', () => {
  it('are joined where each changed something else; every comment stays', () => {
    const mine = link(ok(updateServer(base, 'idm-c', { container: 'other' })));
    const theirs = ok(setName(base.replace('ssh://b', 'ssh://b.example.com'), 'Lab')).replace('Ada', 'Grace');
    const { text, collisions, problems, changes } = merged(mine, theirs);
    expect(collisions).toEqual([]);
    expect(problems).toEqual([]);
    expect(text).toBe(link(ok(updateServer(theirs, 'idm-c', { container: 'other' }))));
    expect(new Set(changes.map(({ title, how }) => `${title} ${how}`))).toEqual(
      new Set(['a comment new', 'name changed', 'idm-b changed', 'a comment removed']),
    );
  });

  it('collide, by entry, where both changed one; what is decided is taken whole', () => {
    const mine = base.replace('ssh://b', 'ssh://mine').replace('"Home lab"', '"Mine"');
    const theirs = base.replace('ssh://b', 'ssh://theirs').replace('"Home lab"', '"Theirs"');
    const { collisions } = merged(mine, theirs);
    expect(collisions.map(({ title }) => title)).toEqual(['name', 'idm-b']);
    expect(collisions[1]?.mine).toContain('ssh://mine');
    expect(collisions[1]?.theirs).toContain('ssh://theirs');
    const decided = new Map([
      ['= name', 'mine'],
      ['server idm-b', 'theirs'],
    ] as const);
    const { text } = mergeFleets({ base, mine, theirs }, decided);
    expect(text).toBe(base.replace('ssh://b', 'ssh://theirs').replace('"Home lab"', '"Mine"'));
  });

  it('a server that was removed here and changed there is asked about, not lost', () => {
    const mine = ok(removeServer(base, 'idm-c', { listRemoved: false }));
    const theirs = base.replace('container = "idm-c"', 'container = "new"');
    const { collisions } = merged(mine, theirs);
    expect(collisions).toMatchObject([{ key: 'server idm-c', mine: null }]);
    const kept = mergeFleets({ base, mine, theirs }, new Map([['server idm-c', 'theirs']]));
    expect(kept.text).toBe(theirs);
  });

  it.each([
    ['mine', (moved: string, changed: string) => merged(moved, changed)],
    ['theirs', (moved: string, changed: string) => merged(changed, moved)],
  ])('a server that was only moved (%s) is both', (_, merge) => {
    for (const id of ['idm-a', 'idm-b', 'idm-c']) {
      const moved = ok(moveServer(base, id, { x: 300, y: 400 }));
      const changed = base.replace(`id = "${id}"`, `id = "${id}" # looked at`);
      const { text, collisions } = merge(moved, changed);
      expect(collisions).toEqual([]);
      expect(text).toBe(ok(moveServer(changed, id, { x: 300, y: 400 })));
    }
  });

  it('two halves of an address are not joined', () => {
    const mine = base.replace('container = "idm-c"', 'container = "mine"');
    const theirs = base.replace('unix:///run/docker.sock', 'tcp://theirs:2376');
    expect(merged(mine, theirs).collisions).toHaveLength(1);
  });

  it('a link turned here and given another setting there is asked about', () => {
    const ends = { supplier: 'idm-a', consumer: 'idm-b' };
    const { collisions } = merged(ok(turnLink(base, ends)), ok(updateLink(base, ends, { mutual: false })));
    expect(collisions).toHaveLength(1);
  });

  it('an error that only the whole has is told', () => {
    const theirs = ok(removeServer(base, 'idm-c', { listRemoved: false }));
    const { collisions, problems } = merged(link(base), theirs);
    expect(collisions).toEqual([]);
    expect(problems).toMatchObject([{ code: 'fleet-link-unknown-server' }]);
  });

  it('the file’s own line ends and byte order mark stay', () => {
    const windows = (text: string): string => `\uFEFF${text.replaceAll('\n', '\r\n')}`;
    const theirs = base.replace('ssh://b', 'ssh://theirs');
    const { text } = mergeFleets({ base, mine: link(base), theirs: windows(theirs) });
    expect(text).toBe(windows(link(theirs)));
  });

  it.each([
    ['theirs is no TOML', base.replace('name = ', 'name ')],
    ['theirs is empty of sense', '<<<<<<< HEAD\n'],
    ['a table lies in two places', `${base}[server.position]\n`],
  ])('where %s, a person decides about the whole', (_, theirs) => {
    const mine = link(base);
    expect(merged(mine, theirs)).toMatchObject({ text: mine, collisions: [{ title: 'the whole file' }] });
    const decided = new Map([['the whole file', 'theirs']] as const);
    expect(mergeFleets({ base, mine, theirs }, decided).text).toBe(theirs);
  });
});

describe('whatever was edited', () => {
  const ids = ['idm-a', 'idm-b', 'idm-c', 'idm-d', 'idm-e'] as const;
  const id = fc.constantFrom(...ids);
  const pairOf = fc.tuple(id, id).filter(([a, b]) => a !== b);
  type Edit = (text: string) => Result<string>;
  const edit: fc.Arbitrary<Edit> = fc.oneof(
    id.map(
      (one): Edit =>
        (text) =>
          addServer(text, { id: one, connect: 'ssh', endpoint: `ssh://${one}` }),
    ),
    id.map(
      (one): Edit =>
        (text) =>
          removeServer(text, one, { listRemoved: false }),
    ),
    fc.tuple(id, fc.nat(9)).map(
      ([one, n]): Edit =>
        (text) =>
          moveServer(text, one, { x: n, y: n }),
    ),
    fc.tuple(id, fc.nat(3)).map(
      ([one, n]): Edit =>
        (text) =>
          updateServer(text, one, { config: `/etc/${n}` }),
    ),
    fc.nat(3).map(
      (n): Edit =>
        (text) =>
          setName(text, `Lab ${n}`),
    ),
    pairOf.map(
      ([supplier, consumer]): Edit =>
        (text) =>
          addLink(text, { supplier, consumer }),
    ),
    pairOf.map(
      ([supplier, consumer]): Edit =>
        (text) =>
          removeLink(text, { supplier, consumer }),
    ),
    fc.nat(3).map((n): Edit => (text) => ({ ok: true, value: `# note ${n}\n\n${text}` })),
    fc.nat(3).map((n): Edit => (text) => ({ ok: true, value: `${text}\n# last ${n}\n` })),
  );
  const edited = (from: string, edits: readonly Edit[]): string =>
    edits.reduce((text, one) => {
      const done = one(text);
      return done.ok ? done.value : text;
    }, from);
  const edits = fc.array(edit, { maxLength: 6 });
  const start = fc.constantFrom(base, newFleet('Lab'), '');
  const runs = { numRuns: process.env['KANILINK_LONG'] === '1' ? 20_000 : 400 };
  const all = (text: string) => new Map((entriesOf(text) ?? []).map((entry) => [entry.key, entry.text]));

  it('joined with itself, or with what it was made from, it stays as it is', () => {
    fc.assert(
      fc.property(start, edits, (from, list) => {
        const text = edited(from, list);
        expect(mergeFleets({ base: from, mine: text, theirs: text })).toMatchObject({ text, collisions: [] });
        expect(mergeFleets({ base: from, mine: text, theirs: from })).toMatchObject({ text, collisions: [] });
        expect(mergeFleets({ base: from, mine: from, theirs: text })).toMatchObject({ text, collisions: [] });
      }),
      runs,
    );
  });

  it('nothing is lost: each entry of the whole is one side’s, each change is in it or asked about, and it is TOML', () => {
    fc.assert(
      fc.property(start, edits, edits, (from, ours, others) => {
        const [mine, theirs] = [edited(from, ours), edited(from, others)];
        const merge = mergeFleets({ base: from, mine, theirs });
        const [was, own, other, is] = [all(from), all(mine), all(theirs), all(merge.text)];
        expect(entriesOf(merge.text)).not.toBeNull();
        const asked = new Set(merge.collisions.map(({ key }) => key));
        for (const key of new Set([...was.keys(), ...own.keys(), ...other.keys()])) {
          const [b, m, t, r] = [was.get(key), own.get(key), other.get(key), is.get(key)];
          if (asked.has(key)) {
            expect(m).not.toBe(t);
            expect([b, m, t].filter((one) => one === b)).toHaveLength(1);
          } else if (m === b) expect(r).toBe(t);
          else if (t === b || t === m) expect(r).toBe(m);
          else expect(r).toContain('position');
        }
        for (const key of is.keys()) expect(own.has(key) || other.has(key)).toBe(true);
      }),
      runs,
    );
  });

  it('it does not matter who was first: the fleet is the same, and so are the questions', () => {
    const meaning = (text: string) => {
      const { fleet, problems } = readFleet(text, null);
      const sorted = (list: readonly unknown[] | undefined): readonly string[] | undefined =>
        list?.map((one) => JSON.stringify(one)).sort();
      return {
        name: fleet?.name,
        servers: sorted(fleet?.servers),
        links: sorted(fleet?.links),
        codes: problems.map(({ code }) => code).sort(),
      };
    };
    fc.assert(
      fc.property(start, edits, edits, (from, ours, others) => {
        const [mine, theirs] = [edited(from, ours), edited(from, others)];
        const one = mergeFleets({ base: from, mine, theirs });
        const two = mergeFleets({ base: from, mine: theirs, theirs: mine });
        const keys = (list: typeof one.collisions) => list.map(({ key }) => key).sort();
        expect(keys(two.collisions)).toEqual(keys(one.collisions));
        const theirsTaken = new Map(two.collisions.map(({ key }) => [key, 'theirs'] as const));
        const same = mergeFleets({ base: from, mine: theirs, theirs: mine }, theirsTaken);
        expect(meaning(same.text)).toEqual(meaning(one.text));
      }),
      runs,
    );
  });
});
