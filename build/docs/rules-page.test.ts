import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { fileCodes } from '../../shared/server-config/config-problems';
import { rulesPage } from './rules-page';

const root = fileURLToPath(new URL('../..', import.meta.url));

// `npm run docs:rules` writes it.
it('docs/rules.md is the page the rules make', async () => {
  await expect(rulesPage()).toMatchFileSnapshot(join(root, 'docs/rules.md'));
});

it('lists no code of a server.toml that nothing raises', () => {
  const folder = join(root, 'shared/server-config');
  const source = readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  // Once in the list, and again where it is raised.
  expect(fileCodes.filter((code) => source.split(`'${code}'`).length < 3)).toEqual([]);
});
