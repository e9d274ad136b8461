import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUT, packageProgram } from './places.mjs';
import { atEnd, run } from './run.mjs';

/** A small project with one type error of each kind svelte-check has to find, and where. */
const FILES = {
  'in-module.ts': "export const count: number = 'one';\n",
  'in-script.svelte': `<script lang="ts">
  const count: number = 'one';
</script>

<p>{count}</p>
`,
  'in-template.svelte': `<script lang="ts">
  const count = 1;
</script>

<p>{count.toUpperCase()}</p>
`,
  'without-error.svelte': '<script lang="ts">\n  const count: number = 1;\n</script>\n\n<p>{count}</p>\n',
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      ...{ target: 'ES2022', module: 'ESNext', moduleResolution: 'bundler', lib: ['ES2023', 'DOM'] },
      ...{ strict: true, verbatimModuleSyntax: true, skipLibCheck: true, noEmit: true, types: [] },
    },
    include: ['*.ts', '*.svelte'],
  }),
};

const EXPECTED = ['in-module.ts:1', 'in-script.svelte:2', 'in-template.svelte:5'];

/**
 * Proves that the type check of Svelte files reports: on a project with known errors it has to find exactly those. (A
 * svelte-check that is silent looks like a clean one.)
 * @param {number} limitMs
 * @returns {Promise<string | undefined>} what is wrong; undefined when all is well
 */
export async function checkCanary(limitMs) {
  mkdirSync(OUT, { recursive: true });
  const folder = mkdtempSync(join(OUT, 'canary-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const forget = atEnd(remove);
  try {
    for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content);
    const args = ['--workspace', folder, '--tsconfig', join(folder, 'tsconfig.json')];
    const { code, output, errors } = await run(
      process.execPath,
      [packageProgram('svelte-check/bin/svelte-check'), ...args, '--output', 'machine', '--fail-on-warnings'],
      { cwd: folder, limitMs, output: 'captured' },
    );
    const found = errorsIn(output);
    if (code !== 0 && found.join() === EXPECTED.join()) return undefined;
    return `expected errors at ${EXPECTED.join(', ')}\nfound (exit ${code})  ${found.join(', ') || 'none'}\n${output}${errors}`;
  } finally {
    forget();
    remove();
  }
}

/**
 * The places of errors in svelte-check's machine output, sorted: lines such as `1732 ERROR "a.svelte" 2:9 "…"`.
 * @param {string} output
 */
export function errorsIn(output) {
  const lines = output.matchAll(/^\d+ (?:ERROR|WARNING) "([^"]+)" (\d+):\d+ /gm);
  return [...lines].map(([, file, line]) => `${file}:${line}`).sort();
}
