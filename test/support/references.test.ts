import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/**
 * What the code and the pages lean on is in the repository: every page that a comment names, with its heading and the
 * number under it, and every recording that `docs/kanidm.md` names.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Names of files that a person gives, and not of pages: `--runbook FILE.md`. Neither is a path from the root. */
const noPages = /^(FILE|.*runbook)\.md$/;

/** Pages that hold so much that a heading has to be named. */
const long = ['docs/kanidm.md', 'docs/design.md'];

const sources = (): readonly string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((file) => /\.(ts|svelte|mjs|js)$/.test(file) && existsSync(join(root, file)));

/** A text with its comments' lines joined: a reference may go on in the next one. */
const joined = (text: string): string => text.replace(/\n[ \t]*(?:\*(?!\/)|\/\/)?[ \t]*/g, ' ');

const REFERENCE = /(?<![/~.\w-])((?:[\w.-]+\/)*[\w-]+\.md)\b`?(?:, "([^"]{1,80})"(?:, (\d+(?:, \d+)*))?)?/g;

/** Where a page lies that the code names; null: nowhere. Those of `docs/` are named without it. */
function placeOf(page: string): string | null {
  const path = page.replace(/^(\.\.\/)+/, '');
  return [path, `docs/${path}`].find((file) => existsSync(join(root, file))) ?? null;
}

/** The text under a heading, up to the next of its level; null: there is no such heading. */
function sectionOf(text: string, heading: string): string | null {
  const lines = text.replace(/^ *```.*?^ *```$/gms, '').split('\n');
  const levelOf = (line: string): number => /^#+(?= )/.exec(line)?.[0].length ?? 0;
  const at = lines.findIndex((line) => levelOf(line) > 0 && line.replace(/^#+ |`/g, '') === heading);
  if (at < 0) return null;
  const level = levelOf(lines[at] ?? '');
  const end = lines.findIndex((line, index) => index > at && levelOf(line) > 0 && levelOf(line) <= level);
  return lines.slice(at, end < 0 ? undefined : end).join('\n');
}

/** What is wrong with the references of a text, a line each. */
function deadReferences(text: string): readonly string[] {
  return [...joined(text).matchAll(REFERENCE)].flatMap(([all, page = '', heading, numbers = '']) => {
    if (noPages.test(page)) return [];
    const place = placeOf(page);
    if (place === null) return [`${all}: there is no such page`];
    if (heading === undefined) return long.includes(place) ? [`${all}: which heading?`] : [];
    const section = sectionOf(read(place), heading);
    if (section === null) return [`${all}: there is no such heading`];
    return numbers
      .split(', ')
      .filter((number) => number !== '' && !new RegExp(`^${number}\\. `, 'm').test(section))
      .map((number) => `${all}: there is no ${number} under it`);
  });
}

describe('what the code leans on', () => {
  it('is in the repository: pages, headings, numbers', () => {
    const dead = sources()
      .filter((file) => !file.endsWith('references.test.ts'))
      .flatMap((file) => deadReferences(read(file)).map((what) => `${file}: ${what}`));
    expect(dead).toEqual([]);
  });

  it.each([
    ['(`kanidm.md`, "Refresh erases", 8)', ''],
    ['(`kanidm.md`, "Refresh erases", 2, 3)', ''],
    ['a comment (`design.md`,\n * "Deploying", 2)', ''],
    ['(`kanidm.md`, "Refresh erases", 99)', 'there is no 99 under it'],
    ['(`kanidm.md`, "Refresh\n * cures")', 'there is no such heading'],
    ['(`kanidm.md`)', 'which heading?'],
    ['see `electron.md`', 'there is no such page'],
    ['see docs/nowhere.md', 'there is no such page'],
    ['README.md', ''],
    ['/home/ada/plan.md and ~/.bashrc.md', ''],
  ])('finds what is wrong with %j', (text, says) => {
    expect(deadReferences(text).join()).toContain(says);
    expect(deadReferences(text)).toHaveLength(says === '' ? 0 : 1);
  });
});

describe('the facts about Kanidm', () => {
  const recorded = [...read('docs/kanidm.md').matchAll(/`(\d+\.\d+\.\d+)\/([\w.-]+)`/g)].map(
    ([, version = '', name = '']) => [`test/recorded/kanidmd-${version}`, name] as const,
  );
  const field = [...read('docs/kanidm.md').matchAll(/`field\/([\w/-]+)\/([\w.-]+)`/g)].map(
    ([, folder = '', name = '']) => [`test/field/${folder}`, name] as const,
  );

  it('are tied to recordings that are there', () => {
    expect(recorded.length).toBeGreaterThan(80);
    const missing = [...recorded, ...field].filter(
      ([folder, name]) =>
        !existsSync(join(root, folder)) ||
        !readdirSync(join(root, folder)).some((file) => file === name || file.startsWith(`${name}.`)),
    );
    expect(missing).toEqual([]);
  });
});

it('ARCHITECTURE.md names every folder of shared, engine and window', () => {
  const folders = ['shared', 'electron/engine', 'renderer'].flatMap((place) => {
    const table = read('ARCHITECTURE.md').split(`folder of \`${place}/\``)[1]?.split('\n\n')[0] ?? '';
    return readdirSync(join(root, place), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() && entry.name !== 'public' && !table.includes(`\`${entry.name}\``)
        ? [`${place}/${entry.name}`]
        : [],
    );
  });
  expect(folders).toEqual([]);
});
