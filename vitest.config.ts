import { defineConfig } from 'vitest/config';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';

// A unit test that imports electron would start its download: it gets a stub.
const electronStub = fileURLToPath(new URL('./test/support/electron-stub.ts', import.meta.url));
const alias = { electron: electronStub };

// What takes minutes and shows what shorter tests show, too: npm run test:long.
const exclude = process.env['KANILINK_LONG'] === '1' ? [] : ['**/*.long.test.ts'];

const project = (name: string, include: string[], more: Record<string, unknown> = {}) => ({
  resolve: { alias },
  test: {
    name,
    include,
    exclude,
    environment: 'node' as const,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    retry: 0,
    ...more,
  },
});

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [svelte()],
        ...project('unit', [
          '{shared,electron,practice,renderer,build,test/support}/**/!(*.conformance).test.ts',
        ]),
      },
      // These wait for servers more than they compute: several at a time, also on two cores.
      project('conformance', ['practice/**/*.conformance.test.ts'], { testTimeout: 60_000, maxWorkers: 2 }),
      project('ssh', ['test/{ssh,deploy}/**/*.test.ts'], {
        // Whole deploys of processes; a limit is for what hangs, not for a machine that is busy.
        testTimeout: 300_000,
        hookTimeout: 300_000,
        maxWorkers: 3,
      }),
      project('real', ['test/real/**/*.test.ts'], {
        testTimeout: 300_000,
        hookTimeout: 300_000,
        fileParallelism: false,
      }),
      // On a real Kanidm that the person names, else skipped (CONTRIBUTING.md). Each file starts an engine of its own.
      project('kanidm', ['test/kanidm/**/*.test.ts'], {
        testTimeout: 900_000,
        hookTimeout: 300_000,
        maxConcurrency: 4,
        fileParallelism: false,
      }),
      // Not part of a test run: `npm run bench`. What a bench measures it prints; it fails only if something did not work.
      project('bench', ['test/bench/**/*.bench.ts'], { testTimeout: 1_800_000, fileParallelism: false }),
      // What people install, installed. Run by the part `package` of `npm test`, which builds the app and names the packages.
      project('package', ['test/package/**/*.test.ts'], {
        testTimeout: 600_000,
        hookTimeout: 600_000,
        fileParallelism: false,
      }),
      project('e2e', ['test/e2e/**/*.test.ts'], {
        testTimeout: 240_000,
        hookTimeout: 120_000,
        fileParallelism: false,
      }),
    ],
  },
});
