import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Bundles the tour to out/tour/tour.cjs, a plain program: `npm start` plays it without any test runner. */
export default defineConfig({
  root,
  publicDir: false,
  ssr: { noExternal: true, external: ['playwright'] },
  build: {
    ssr: 'test/tour/main.ts',
    outDir: 'out/tour',
    // The screenshots of the last tour lie here too.
    emptyOutDir: false,
    target: 'node20.18',
    rolldownOptions: { output: { format: 'cjs', entryFileNames: 'tour.cjs', codeSplitting: false } },
  },
});
