import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ruleTable } from './rule-table';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(join(root, 'docs/rules.md'), 'utf8');

/** The sections of the page by their codes. */
const sections = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => [/^`([a-z-]+)`/.exec(section)?.[1] ?? section, section] as const),
);

/** The text of all sources below a folder of `shared/`. */
function sources(folder: string): string {
  const files = readdirSync(join(root, 'shared', folder), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(root, 'shared', folder, file), 'utf8'))
    .join('\n');
}

describe('docs/rules.md', () => {
  it('has a section for every code of the fleet, and none twice', () => {
    const named = [...sources('fleet').matchAll(/'((?:fleet|adopt)-[a-z-]+)'/g)].map(
      (match) => match[1] ?? '',
    );
    const codes = new Set([...Object.keys(ruleTable), ...named]);
    expect(codes.size).toBeGreaterThan(60);
    expect([...codes].filter((code) => !sections.has(code))).toEqual([]);
    expect(page.match(/^### /gm)).toHaveLength(sections.size);
  });

  it('has no section for a code that does not exist', () => {
    const all = sources('.');
    const lost = [...sections.keys()].filter((code) => !new RegExp(`['\\s]${code}['":]`).test(all));
    expect(lost).toEqual([]);
    const [, own = ''] = page.split("## A server's own server.toml");
    const listed = [...own.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map((match) => match[1] ?? '');
    expect(listed.length).toBeGreaterThan(10);
    const config = sources('server-config');
    expect(listed.filter((code) => !config.includes(`'${code}'`))).toEqual([]);
  });

  it('says of each what, how to mend it, and where it comes from, with the severity it has', () => {
    for (const [code, section] of sections) {
      for (const part of ['**What:**', '**Fix:**', '**From:**'])
        expect(section.replaceAll('\n', ' '), code).toContain(part);
      const severity = /^\*(error|warning|info)\.\*/m.exec(section)?.[1];
      expect(severity, code).toBeDefined();
      const [wanted] = Object.entries(ruleTable).find(([rule]) => rule === code)?.[1] ?? [severity];
      expect([code, severity]).toEqual([code, wanted]);
    }
  });
});
