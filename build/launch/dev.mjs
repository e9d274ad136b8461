import { installPackages } from './npm-packages.mjs';
import { packageProgram, ROOT } from './places.mjs';
import { runInForeground } from './run.mjs';

/**
 * `dev`: the workbench, the window in a browser over a simulated engine, at an address of this computer only. It reloads
 * what is edited, and runs until Ctrl-C. See docs/workbench.md.
 * @param {readonly string[]} args for Vite: `--port 5180`, `--open`
 * @returns {Promise<number>} its exit code
 */
export async function dev(args) {
  await installPackages();
  const config = ['--config', 'renderer/dev/vite.config.ts'];
  return runInForeground(process.execPath, [packageProgram('vite/bin/vite.js'), ...config, ...args], {
    cwd: ROOT,
  });
}
