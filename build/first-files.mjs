import { packagesOf } from './package/shipped.mjs';

/** Packages that the first page does without (docs/decisions/0065): what they are for is loaded once it is painted. */
const LATER = ['zod', 'asn1js', 'toml-eslint-parser', '@xyflow/svelte', 'uplot'];

/**
 * The build fails when one of them is in what a start of the window loads: its entry, and all that it imports at once.
 * @returns {import('vite').Plugin}
 */
export function firstFiles() {
  return {
    name: 'first-files',
    generateBundle(_, bundle) {
      const found = packagesAtStart(bundle).filter((name) => LATER.includes(name));
      if (found.length > 0)
        this.error(
          `a start of the window loads ${found.join(', ')}: an import of what needs it is to be an import()`,
        );
    },
  };
}

/**
 * The npm packages in the entries of a bundle and in what these import at once.
 * @param {import('rolldown').OutputBundle} bundle
 */
export function packagesAtStart(bundle) {
  const chunks = Object.values(bundle).filter((part) => part.type === 'chunk');
  const first = new Set(chunks.filter(({ isEntry }) => isEntry));
  // A set that grows is gone through to its end.
  for (const { imports } of first)
    for (const chunk of chunks) if (imports.includes(chunk.fileName)) first.add(chunk);
  return packagesOf([...first].flatMap(({ moduleIds }) => moduleIds));
}
