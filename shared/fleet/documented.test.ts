import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDocument } from './read/document';
import { type KeyPath } from '../toml/toml-file';
import { readFleet } from './read/read-fleet';
import { fleetSchema, knownKeys } from './read/schema';

/** `docs/fleet-file.md` against the reader: what a person copies from there works, and nothing is left out. */
const page = readFileSync(new URL('../../docs/fleet-file.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/^```toml\n(.*?)^```$/gms)].map(([, text = '']) => text);
const whole = examples[0] ?? '';

interface Row {
  readonly key: string;
  readonly default: string;
}

/** The rows of the tables of the first table after a line of the page. */
function rowsAfter(start: string): readonly Row[] {
  const from = page.indexOf(`\n${start}\n`);
  expect(from, `the page has "${start}"`).toBeGreaterThan(0);
  const table = /(?:^\|.*\n)+/m.exec(page.slice(from))?.[0] ?? '';
  return table
    .split('\n')
    .slice(2)
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim()))
    .flatMap(([key = '', , otherwise = '']) =>
      key === '' ? [] : [{ key: key.replaceAll('`', ''), default: otherwise }],
    );
}

const any = rowsAfter('## `[[server]]`');
/** Each table of the schema: its rows on the page, and where the example has one. */
const tables: readonly {
  readonly name: keyof typeof knownKeys;
  readonly rows: readonly Row[];
  readonly path: KeyPath;
}[] = [
  { name: 'top', rows: rowsAfter('## The top of the file'), path: [] },
  { name: 'docker', rows: [...any, ...rowsAfter('## A server in a container')], path: ['server', 2] },
  { name: 'ssh', rows: [...any, ...rowsAfter('## A server over SSH')], path: ['server', 1] },
  { name: 'position', rows: rowsAfter('In `position`:'), path: ['server', 0, 'position'] },
  { name: 'link', rows: rowsAfter('## `[[link]]`'), path: ['link', 0] },
  { name: 'removed', rows: rowsAfter('## `[[removed]]`'), path: ['removed', 0] },
];

/** The example as values, in a copy that may be changed. */
function example(): unknown {
  const parsed = parseDocument(whole);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return structuredClone(parsed.value.value);
}

const at = (value: unknown, path: KeyPath): unknown =>
  path.reduce<unknown>((found, part) => Reflect.get(Object(found), part), value);

/** The example as the schema reads it when one key is missing. */
function readWithout(path: KeyPath, key: string) {
  const value = example();
  Reflect.deleteProperty(Object(at(value, path)), key);
  return fleetSchema.safeParse(value);
}

describe('docs/fleet-file.md', () => {
  it('has examples that the reader takes without a problem', () => {
    expect(examples).toHaveLength(2);
    for (const text of examples) {
      const { fleet, problems } = readFleet(text, 'example.toml');
      expect(problems).toEqual([]);
      expect(fleet?.servers.length).toBeGreaterThan(1);
    }
  });

  it('has an example that uses every key', () => {
    const written = [...whole.matchAll(/^(?:\[\[)?([a-z_]+)/gm)].flatMap(([, key]) => key ?? []);
    const known = Object.entries(knownKeys).flatMap(([name, keys]) => (name === 'position' ? [] : keys));
    expect([...new Set(written)].sort()).toEqual([...new Set(known)].sort());
  });

  it.each(tables)('names every key of $name, and no other', ({ name, rows }) => {
    expect(rows.map((row) => row.key).sort()).toEqual([...knownKeys[name]].sort());
  });

  it.each(tables)(
    'says which keys of $name are required, and the defaults of the others',
    ({ rows, path }) => {
      for (const row of rows) {
        const read = readWithout(path, row.key);
        const value = read.success ? at(read.data, [...path, row.key]) : undefined;
        const nothing = value === null || Array.isArray(value);
        if (!read.success) expect(row).toMatchObject({ default: 'required' });
        else if (nothing) expect(['none', 'found', "the server's own"]).toContain(row.default);
        else expect(row).toMatchObject({ default: `\`${JSON.stringify(value)}\`` });
      }
    },
  );
});
