import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ONE_FAILED, ONE_PASSED, ONE_SKIPPED, sum } from './counts.mjs';
import { hasXvfb, withVirtualDisplay } from './display.mjs';
import { buildPackage, letBeInspected, packagesHere } from './package.mjs';
import { atEnd } from './run.mjs';
import { say } from './say.mjs';
import { playTour } from './start.mjs';
import { vitest } from './test-parts.mjs';

/**
 * Builds what people install, installs and uses it (test/package). The tour is played in the installed deb; where that cannot
 * be, in the folder that was built.
 * @param {import('./electron.mjs').Electron} electron
 * @param {{ limitMs: number, files: readonly string[] }} options `files`: only tests whose path contains one of these
 * @returns {Promise<import('./counts.mjs').Counts>}
 */
export async function packaged(electron, { limitMs, files }) {
  const folder = mkdtempSync(join(tmpdir(), 'kanilink-package-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const forget = atEnd(remove);
  try {
    const output = join(folder, 'built');
    const options = { inspectable: false, output, targets: packagesHere(), quick: true };
    const built = await buildPackage(electron, options);
    if (built === undefined) return sum([ONE_FAILED, ONE_SKIPPED]);
    /** @param {NodeJS.ProcessEnv} env */
    const install = (env) =>
      vitest('package', limitMs, { env: { ...env, KANILINK_PACKAGES: output }, twice: true, files });
    const played = hasXvfb() ? await withVirtualDisplay(install) : await install(process.env);
    if (played.skipped === 0 || files.length > 0) return sum([ONE_PASSED, played]);
    await letBeInspected(built.executable);
    const code = await playTour({ electron: built.executable, app: built.executable }, []);
    if (code !== 0) say(`the tour in the package failed (exit ${code})`);
    return sum([ONE_PASSED, played, code === 0 ? ONE_PASSED : ONE_FAILED]);
  } finally {
    forget();
    remove();
  }
}
