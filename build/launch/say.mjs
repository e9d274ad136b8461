/** What the launcher says, and how it stops: plain lines, on one stream, never a stack for expected trouble. */

/** @type {NodeJS.WriteStream} */
let stream = process.stdout;

/** Keeps standard output free for the program that is started (`kanilink --json`). */
export function sayOnStandardError() {
  stream = process.stderr;
}

/**
 * Prints one message.
 * @param {string} text may hold several lines; the later ones are indented
 */
export function say(text) {
  stream.write(`kanilink: ${text.replaceAll('\n', '\n          ')}\n`);
}

/**
 * Prints a message nobody should overlook, framed.
 * @param {string} text
 */
export function sayLoudly(text) {
  const lines = text.split('\n');
  const rule = '='.repeat(Math.max(...lines.map((line) => line.length)) + 4);
  stream.write([rule, ...lines.map((line) => `  ${line}`), rule, ''].join('\n'));
}

/** Where a child's own output goes when it belongs to the launcher's talk: `1` or `2`. */
export const sayingTo = () => (stream === process.stderr ? 2 : 1);

/** Expected trouble: printed as it is, and the launcher ends with `exitCode`. */
export class Stop extends Error {
  /**
   * @param {string} message what happened and what to do about it
   * @param {number} [exitCode]
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * A duration as people read it: `0.4 s`, `12 s`, `3 min 5 s`.
 * @param {number} ms
 */
export function duration(ms) {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
