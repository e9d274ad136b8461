import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { notePackages } from './package/shipped.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Bundles the command line and the practice host for a Node alone: nothing has to be installed beside them. ssh2's native
 * parts stay away; it asks for them, does without, and the JavaScript ones take over. Without SQLite's nothing is kept of
 * what was watched, which is said.
 */
export default defineConfig({
  root,
  publicDir: false,
  plugins: [notePackages()],
  ssr: { noExternal: true, external: ['cpu-features', '@photostructure/sqlite'] },
  build: {
    ssr: true,
    outDir: 'out/cli',
    emptyOutDir: true,
    target: 'node20.18',
    rolldownOptions: {
      input: {
        cli: 'electron/cli/main.ts',
        'practice-host': 'practice/host/main.ts',
        pages: 'build/package/pages.ts',
      },
      external: [/\.node$/, 'cpu-features', '@photostructure/sqlite'],
      output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' },
      checks: { eval: false, pluginTimings: false },
    },
  },
});
