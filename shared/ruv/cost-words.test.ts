import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COST, dearTo } from './cost-words';

it('what a look costs is said as it was measured, the largest database too', () => {
  const guide = readFileSync(new URL('../../docs/guide.md', import.meta.url), 'utf8');
  const row = (entries: string): readonly string[] =>
    new RegExp(`^\\| ${entries} \\| (.*) \\|$`, 'm').exec(guide)?.[1]?.split(' | ') ?? [];
  const [size, , wait, , , memory] = row('10,000');
  for (const said of [size, wait, memory]) expect(COST).toContain(said);
  const [large, locked, , , , most] = row('100,000');
  for (const said of [large, locked, most]) expect(COST).toContain(said);
});

it('names those that the watch left out, the gravest first', () => {
  const left = [
    { server: 'idm-a' },
    { server: 'idm-b', code: 'ruv-large' },
    { server: 'idm-c', code: 'ruv-too-large' },
    { server: 'idm-d', code: 'ruv-little-memory' },
    { server: 'idm-e', code: 'ruv-too-large' },
    { server: 'idm-f', code: 'ruv-not-read' },
    { server: 'idm-g', code: 'ruv-no-database' },
  ];
  expect(dearTo(left).map((it) => it.split(':')[0])).toEqual(['idm-c, idm-e', 'idm-d', 'idm-b', 'idm-g']);
  expect(dearTo(left)[0]).toContain('more than 100 MB: changes there may fail');
  expect(dearTo([])).toEqual([]);
});
