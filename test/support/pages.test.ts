import { LOOK_LEAVES } from '../../shared/serves/serves-words';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commands } from '../../electron/cli/commands';

/** The pages people read: what they lead to is there, and no command is missing. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = [
  ...readdirSync(root).filter((file) => file.endsWith('.md')),
  ...['docs', 'practice', 'test'].flatMap(markdownIn),
];

function markdownIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

const read = (page: string): string => readFileSync(join(root, page), 'utf8');
const withoutCode = (text: string): string => text.replace(/^ *```.*?^ *```$/gms, '');

/** The anchor a heading gets where Markdown is shown: lower case, no punctuation, blanks as hyphens. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

const anchorsOf = (text: string): readonly string[] =>
  [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** Links and pictures of a page that lead nowhere. */
function deadLinks(page: string): readonly string[] {
  const links = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const file = path === '' ? join(root, page) : resolve(root, dirname(page), path);
    if (!existsSync(file)) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(file, 'utf8')).includes(anchor);
  });
}

describe('the pages', () => {
  it.each(pages)('%s leads only to what is there', (page) => {
    expect(deadLinks(page)).toEqual([]);
  });

  it('name every command, and none that is not there', () => {
    const told = read('README.md') + read('docs/guide.md');
    const named = new Set([...told.matchAll(/`kanilink ([a-z]+)\b/g)].map(([, name = '']) => name));
    const known = commands.map(({ name }) => name);
    expect([...named].filter((name) => name !== 'help').sort()).toEqual([...known].sort());
  });

  it('say what a look at logins leaves in a log as the program does', () => {
    expect(read('docs/guide.md')).toContain(`[${LOOK_LEAVES}](#logins)`);
  });
});
