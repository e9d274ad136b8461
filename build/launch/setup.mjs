import { setUpForTheWindow } from './start.mjs';
import { hasDisplay } from './display.mjs';

/**
 * `setup`: installs and builds what the other verbs would, and runs nothing.
 * @param {readonly string[]} _args
 * @returns {Promise<number>} exit code
 */
export async function setup(_args) {
  await setUpForTheWindow(!hasDisplay());
  return 0;
}
