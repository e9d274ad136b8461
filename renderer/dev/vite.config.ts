import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

/**
 * While it serves, Vite puts styles into the page itself and talks to it over a socket: the page's policy is widened by
 * that much. A build keeps the policy as it is written.
 */
const policyForServing: Plugin = {
  name: 'policy-for-serving',
  apply: 'serve',
  transformIndexHtml: (html) =>
    html
      .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
      .replace("default-src 'none';", "default-src 'none'; connect-src 'self' ws:;"),
};

/** The address that Vite prints leads to the workbench, with a fleet open. */
const startHere: Plugin = {
  name: 'start-here',
  configureServer: ({ middlewares }) => {
    middlewares.use((request, response, next) => {
      if (request.url !== '/') {
        next();
        return;
      }
      response.writeHead(302, { location: '/dev/index.html?open=/home/ada/home-lab/fleet.toml' });
      response.end();
    });
  },
};

// The workbench: the window in any browser, over a simulated engine (`npm run dev`, docs/workbench.md). Nothing of this
// folder is in the app: its build starts at renderer/index.html.
export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [svelte(), policyForServing, startHere],
  server: { host: '127.0.0.1' },
  optimizeDeps: { entries: ['dev/index.html'] },
  build: { target: 'chrome130', emptyOutDir: true, rolldownOptions: { input: 'renderer/dev/index.html' } },
});
