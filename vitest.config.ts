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
    testTimeout: 20_000,
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
      project('ssh', ['test/{ssh,deploy}/**/*.test.ts'], { testTimeout: 60_000, maxWorkers: 3 }),
      project('real', ['test/real/**/*.test.ts'], { testTimeout: 300_000, fileParallelism: false }),
      // Not part of a test run: `npm run bench`. What a bench measures it prints; it fails only if something did not work.
      project('bench', ['test/bench/**/*.bench.ts'], { testTimeout: 1_800_000, fileParallelism: false }),
      project('e2e', ['test/e2e/**/*.test.ts'], {
        testTimeout: 240_000,
        hookTimeout: 120_000,
        fileParallelism: false,
      }),
    ],
  },
});
