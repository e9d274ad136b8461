import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// The window in any browser, over a simulated engine: `npx vite build --config renderer/dev/vite.config.ts --outDir DIR`.
// Nothing of this folder is in the app: its build starts at renderer/index.html.
export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [svelte()],
  server: { host: '127.0.0.1' },
  build: { target: 'chrome130', emptyOutDir: true, rolldownOptions: { input: 'renderer/dev/index.html' } },
});
