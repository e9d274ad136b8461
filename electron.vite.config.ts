import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';
import { firstFiles } from './build/first-files.mjs';
import { preloadFonts } from './build/preload-fonts.mjs';
import { notePackages } from './build/package/shipped.mjs';

// The targets are those of the oldest Electron we run on, 33 (see docs/decisions): electron-vite would derive
// them from the installed one otherwise.
const cjs = { formats: ['cjs' as const], fileName: (_format: string, entry: string) => `${entry}.cjs` };
/**
 * Less to read at a start. Names stay as they are written, so that a stack trace in a log file says which functions it went through;
 * the same commit builds the same bytes, to which a source map can be made for the columns.
 */
const minify = { compress: true, mangle: false, codegen: { removeWhitespace: true } };
const output = { minify, entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' };

export default defineConfig({
  main: {
    plugins: [notePackages()],
    build: {
      outDir: 'out/main',
      target: 'node20.18',
      // Beside the dependencies: the optional one, which has a native part (docs/decisions/0041).
      externalizeDeps: { include: ['@photostructure/sqlite'] },
      lib: {
        ...cjs,
        entry: {
          main: 'electron/app/start.ts',
          app: 'electron/app/main.ts',
          engine: 'electron/engine/main.ts',
          cli: 'electron/cli/main.ts',
        },
      },
      // Its eval is @iarna/toml's, of a word it was written with (docs/decisions/0002).
      rolldownOptions: { output, checks: { eval: false, pluginTimings: false } },
    },
  },
  preload: {
    plugins: [notePackages()],
    build: {
      outDir: 'out/preload',
      target: 'node20.18',
      lib: { ...cjs, entry: { preload: 'electron/preload.ts' } },
      rolldownOptions: { output },
      externalizeDeps: false,
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [svelte(), preloadFonts(), firstFiles(), notePackages()],
    build: {
      outDir: 'out/renderer',
      target: 'chrome130',
      rolldownOptions: { input: 'renderer/index.html', output: { minify } },
    },
  },
});
