import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildIfStale } from './build.mjs';
import { KANIDMD, KANIDM_IMAGE } from './kanidm-part.mjs';
import { installPackages } from './npm-packages.mjs';
import { packageProgram, ROOT } from './places.mjs';
import { run } from './run.mjs';
import { say } from './say.mjs';
import { callerFolder } from './start.mjs';

const MINUTE = 60_000;

export const USAGE = `npm run record -- KANIDM…

Starts real Kanidm servers and writes what they print to test/recorded/kanidmd-VERSION/, over files of the same names.
KANIDM is the path of a kanidmd program, or the name of an image of your Docker Engine, such as kanidm/server:1.10.5.
It needs root: it starts a Docker Engine of its own, and touches nothing outside it. See CONTRIBUTING.md, "Recordings".`;

/**
 * Programs and images, told apart: what is a file is a program.
 * @param {readonly string[]} names
 * @param {string} folder relative paths start there
 * @returns {{ programs: readonly string[], images: readonly string[] }}
 */
export function sorted(names, folder) {
  const isProgram = (/** @type {string} */ name) => existsSync(resolve(folder, name));
  return {
    programs: names.filter(isProgram).map((name) => resolve(folder, name)),
    images: names.filter((name) => !isProgram(name)),
  };
}

/**
 * `record`: makes the recordings of test/recorded again, from the Kanidms that a person names.
 * @param {readonly string[]} names
 * @returns {Promise<number>} 0 when every recording was made and is read right; 1 when not; 64 for bad usage
 */
export async function record(names) {
  const wrong = names.find((name) => name.startsWith('-') || !/^[^,\s]+$/.test(name));
  if (names.length === 0 || wrong !== undefined) {
    say(
      wrong === undefined || wrong === '--help'
        ? USAGE
        : `"${wrong}" is no program and no image.\n\n${USAGE}`,
    );
    return names.length > 0 && wrong === '--help' ? 0 : 64;
  }
  await installPackages();
  await buildIfStale();
  const { programs, images } = sorted(names, callerFolder());
  const args = ['run', '--project', 'kanidm', 'test/kanidm/words.test.ts'];
  const { code } = await run(process.execPath, [packageProgram('vitest/vitest.mjs'), ...args], {
    cwd: ROOT,
    limitMs: names.length * 30 * MINUTE,
    output: 'said',
    env: {
      ...process.env,
      KANILINK_TEST_RECORD: '1',
      [KANIDMD]: programs.join(','),
      [KANIDM_IMAGE]: images.join(','),
    },
  });
  if (code === 0) say('Recorded. See what changed: git status test/recorded; git diff test/recorded');
  return code === 0 ? 0 : 1;
}
