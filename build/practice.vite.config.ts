import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { notePackages } from './package/shipped.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = process.env['PRACTICE_PROGRAM'] === 'host' ? 'host' : 'kanidmd';

/**
 * Bundles one practice program to a single file, so that it runs anywhere a `node` is: on a machine that has nothing
 * else of ours, too. The host keeps ssh2 outside, as the app does.
 */
export default defineConfig({
  root,
  publicDir: false,
  plugins: [notePackages(`practice-${program}.npm-packages.json`)],
  ssr: { noExternal: true, external: ['ssh2'] },
  build: {
    ssr: `practice/${program}/main.ts`,
    outDir: 'out/main',
    emptyOutDir: false,
    target: 'node20.18',
    rolldownOptions: {
      output: { format: 'cjs', entryFileNames: `practice-${program}.cjs`, codeSplitting: false },
    },
  },
});
