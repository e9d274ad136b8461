import { expect, it } from 'vitest';
import type { OutputBundle } from 'rolldown';
import { packagesAtStart } from './first-files.mjs';

it('a start loads the packages of the entry and of all it imports at once, and not those of an import()', () => {
  const chunk = (
    fileName: string,
    imports: readonly string[],
    dynamicImports: readonly string[],
    name: string,
  ) => ({
    ...{ type: 'chunk', fileName, isEntry: fileName === 'main.js', imports, dynamicImports },
    moduleIds: [`/x/node_modules/${name}/index.js`],
  });
  const bundle = {
    'late.js': chunk('late.js', [], [], 'uplot'),
    'deep.js': chunk('deep.js', [], [], 'zod'),
    'near.js': chunk('near.js', ['deep.js'], [], 'asn1js'),
    'main.js': chunk('main.js', ['near.js'], ['late.js'], 'svelte'),
    'main.css': { type: 'asset', fileName: 'main.css' },
  } as unknown as OutputBundle;
  expect(packagesAtStart(bundle)).toEqual(['asn1js', 'svelte', 'zod']);
});
