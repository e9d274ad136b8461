import { spawn, spawnSync } from 'node:child_process';
import { sayingTo } from './say.mjs';

/**
 * How a child ended.
 * @typedef {object} Ended
 * @property {number} code its exit code; 128 + signal as shells count, 124 past its time limit, 127 when it could not start
 * @property {boolean} timedOut
 * @property {string} output what it printed on standard output, when that was captured
 * @property {string} errors what it printed on standard error, when that was captured
 */
/**
 * @typedef {object} RunOptions
 * @property {number} limitMs after this it is ended with everything it started
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {'said' | 'captured'} [output] with the launcher's own talk (default), or kept
 */

const onWindows = process.platform === 'win32';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
/** @type {Set<() => void>} */
const cleanups = new Set();
let stopping = false;
let inForeground = false;

/**
 * Runs a program to its end, in a process group of its own so that a time limit or Ctrl-C ends what it started too.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} options
 * @returns {Promise<Ended>}
 */
export function run(command, args, options) {
  const captured = options.output === 'captured';
  const sink = captured ? 'pipe' : sayingTo();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    detached: !onWindows,
    stdio: ['ignore', sink, captured ? 'pipe' : 2],
  });
  return ended(child, options.limitMs);
}

/**
 * Runs a program that owns the terminal: it reads the keyboard, Ctrl-C is its own, and only its end is ours.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>} its exit code
 */
export async function runInForeground(command, args, options) {
  const child = spawn(command, args, { cwd: options.cwd, env: options.env ?? process.env, stdio: 'inherit' });
  inForeground = true;
  const { code } = await ended(child, 0);
  inForeground = false;
  return code;
}

/**
 * Starts a program that stays, with its output in `onOutput` and an extra pipe as file descriptor 3.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {(text: string) => void} onOutput
 */
export function startInBackground(command, args, onOutput) {
  const child = spawn(command, args, { detached: !onWindows, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const end = ended(child, 0, onOutput);
  return { child, end, stop: () => endGroup(child) };
}

/**
 * Registers work for the launcher's end, however it ends; it must be synchronous.
 * @param {() => void} work
 * @returns {() => void} takes the registration back
 */
export function atEnd(work) {
  cleanups.add(work);
  return () => void cleanups.delete(work);
}

/** Makes Ctrl-C and a kill end the children first, then run what `atEnd` was given. Call once. */
export function watchSignals() {
  process.on('exit', () => {
    for (const child of running) signalGroup(child, 'SIGKILL');
    for (const work of cleanups) work();
  });
  const codes = /** @type {const} */ ({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 });
  for (const [name, code] of Object.entries(codes)) {
    const signal = /** @type {NodeJS.Signals} */ (name);
    process.on(signal, () => void passOn(signal, code));
  }
}

/**
 * @param {NodeJS.Signals} signal
 * @param {number} code
 */
async function passOn(signal, code) {
  if (inForeground) {
    // A terminal has already given its Ctrl-C to the whole foreground group; a second one means "at once" to many programs.
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    for (const child of running) child.kill(signal);
    return;
  }
  if (stopping) process.exit(code);
  stopping = true;
  await Promise.all([...running].map((child) => endGroup(child)));
  process.exit(code);
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} limitMs 0: none
 * @param {(text: string) => void} [onOutput]
 * @returns {Promise<Ended>}
 */
function ended(child, limitMs, onOutput) {
  running.add(child);
  let output = '';
  let errors = '';
  let timedOut = false;
  child.stdout?.setEncoding('utf8').on('data', (text) => (onOutput ? onOutput(text) : (output += text)));
  child.stderr?.setEncoding('utf8').on('data', (text) => (onOutput ? onOutput(text) : (errors += text)));
  const timer = limitMs > 0 ? setTimeout(expire, limitMs) : undefined;
  function expire() {
    timedOut = true;
    void endGroup(child);
  }
  return new Promise((resolve) => {
    /** @param {number} code */
    const finish = (code) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code: timedOut ? 124 : code, timedOut, output, errors });
    };
    child.on('error', (error) => {
      errors += error.message;
      finish(127);
    });
    child.on(child.stdout ? 'close' : 'exit', (code, signal) => finish(code ?? exitCodeOf(signal)));
  });
}

/** @param {NodeJS.Signals | null} signal */
const exitCodeOf = (signal) => 128 + (signal === 'SIGINT' ? 2 : signal === 'SIGKILL' ? 9 : 15);

/**
 * Asks a child's whole group to end, and after 5 s ends it.
 * @param {import('node:child_process').ChildProcess} child
 */
async function endGroup(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), 5_000);
  await gone;
  clearTimeout(timer);
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    if (onWindows) spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F'], { timeout: 5_000 });
    else process.kill(-child.pid, signal);
  } catch {
    // Either it has just ended, or it shares our group (it runs in the foreground).
    child.kill(signal);
  }
}
