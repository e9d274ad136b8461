import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { OUT, packageProgram, ROOT } from './places.mjs';
import { run } from './run.mjs';
import { duration, say, Stop } from './say.mjs';
import { hashOf, readStamp, writeStamp } from './stamp.mjs';

const STAMP = join(OUT, '.stamp');
const LIMIT_MS = 5 * 60_000;

const SOURCES = [
  'shared',
  'electron',
  'practice',
  'renderer',
  'test/tour',
  'test/support',
  'build/practice.vite.config.ts',
  'build/cli.vite.config.ts',
  'build/package',
  'build/tour.vite.config.ts',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

const RESULTS = [
  'main/main.cjs',
  'main/app.cjs',
  'main/engine.cjs',
  'main/cli.cjs',
  'main/practice-kanidmd.cjs',
  'main/practice-host.cjs',
  'preload/preload.cjs',
  'renderer/index.html',
  'tour/tour.cjs',
  'cli/cli.cjs',
  'cli/pages.cjs',
];

/** Builds the app and the tour into out/, when their sources have changed since the last build. */
export async function buildIfStale() {
  if (isFresh(currentSources())) return;
  await withLock(
    join(OUT, '.locks', 'build'),
    { what: 'it builds the app', limitMs: 2 * LIMIT_MS },
    async () => {
      // Read before building: what is edited meanwhile makes the next run build again.
      const sources = currentSources();
      if (isFresh(sources)) return;
      const began = Date.now();
      say('building');
      await step([packageProgram('electron-vite/bin/electron-vite.js'), 'build', '--logLevel', 'warn']);
      for (const program of ['kanidmd', 'host'])
        await step(viteBuild('build/practice.vite.config.ts'), { PRACTICE_PROGRAM: program });
      await step(viteBuild('build/cli.vite.config.ts'));
      await step(viteBuild('build/tour.vite.config.ts'));
      writeStamp(STAMP, sources);
      say(`built in ${duration(Date.now() - began)}`);
    },
  );
}

/** @param {string} config */
const viteBuild = (config) => [
  packageProgram('vite/bin/vite.js'),
  ...['build', '--config', config, '--logLevel', 'warn'],
];

/**
 * @param {readonly string[]} args
 * @param {Record<string, string>} env
 */
async function step(args, env = {}) {
  const { code, timedOut } = await run(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    limitMs: LIMIT_MS,
  });
  if (timedOut) throw new Stop(`The build did not finish within ${duration(LIMIT_MS)}.`);
  if (code !== 0) throw new Stop(`The build failed (exit ${code}); its own words are above.`);
}

const currentSources = () => hashOf(ROOT, SOURCES, (path) => !/\.test\.ts$/.test(path));

/** @param {string} sources */
const isFresh = (sources) =>
  readStamp(STAMP) === sources && RESULTS.every((result) => existsSync(join(OUT, result)));
