import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { startInBackground } from './run.mjs';

const START_LIMIT_MS = 20_000;

/** Says whether a window can be shown to a person. @param {NodeJS.ProcessEnv} [env] */
export function hasDisplay(env = process.env) {
  if (process.platform !== 'linux') return true;
  return Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
}

/** Says whether a virtual display can be started. */
export const hasXvfb = () => findProgram('Xvfb') !== undefined;

/**
 * Does work with a virtual display of its own: the X server picks a free number itself, so any number of them run side
 * by side (`xvfb-run -a` tries numbers and can lose the race).
 * @template T
 * @param {(env: NodeJS.ProcessEnv) => Promise<T>} work gets the environment its programs need
 * @returns {Promise<T>}
 */
export async function withVirtualDisplay(work) {
  let output = '';
  const args = ['-displayfd', '3', '-screen', '0', '1920x1080x24', '-nolisten', 'tcp', '-noreset'];
  const server = startInBackground(findProgram('Xvfb') ?? 'Xvfb', args, (text) => (output += text));
  try {
    const number = await displayNumber(server.child.stdio[3], server.end);
    if (number === undefined) throw new Error(`Xvfb did not start:\n${output.trim()}`);
    /** @type {NodeJS.ProcessEnv} */
    const env = { ...process.env, DISPLAY: `:${number}` };
    // On a desktop Chromium would prefer the real display otherwise.
    delete env['WAYLAND_DISPLAY'];
    delete env['XAUTHORITY'];
    return await work(env);
  } finally {
    await server.stop();
  }
}

/**
 * The number Xvfb writes once it accepts connections.
 * @param {unknown} pipe
 * @param {Promise<unknown>} end
 * @returns {Promise<string | undefined>}
 */
async function displayNumber(pipe, end) {
  if (!(pipe instanceof Object && 'on' in pipe)) return undefined;
  const stream = /** @type {import('node:stream').Readable} */ (pipe);
  /** @type {Promise<string>} */
  const written = new Promise((resolve) => {
    let text = '';
    stream.on('data', (chunk) => {
      text += String(chunk);
      if (text.includes('\n')) resolve(text.trim());
    });
  });
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const limit = new Promise((resolve) => (timer = setTimeout(resolve, START_LIMIT_MS)));
  const first = await Promise.race([written, end.then(() => undefined), limit.then(() => undefined)]);
  clearTimeout(timer);
  return first;
}

/**
 * Where a program is, by the first of its names that is found.
 *
 * @param {readonly string[]} names
 * @returns {string | undefined} undefined: it is not installed
 */
export function findProgram(...names) {
  const folders = (process.env['PATH'] ?? '').split(delimiter).concat('/usr/sbin', '/usr/bin');
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}
