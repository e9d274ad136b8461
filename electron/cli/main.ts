import './thread-pool';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEngine, defaultConfigDir } from '../engine/create-engine';
import { FleetTrust } from '../engine/trust/fleet-trust';
import { guardEngine } from '../engine/trust/guard-engine';
import { catchUncaught } from '../engine/last-resort';
import { startOfPractice } from '../engine/base/own-program';
import { monotonicNow } from '../engine/base/time';
import { TraceLog } from '../engine/base/trace';
import type { Invocation } from './base/arguments';
import { ownVersion } from './base/own-version';
import { createPrompter } from './terminal/ask';
import { commands } from './commands';
import { cancelOnInterrupt } from './terminal/interrupt';
import { appendingTo } from './terminal/log-file';
import { watchOutputs } from './terminal/outputs';
import { ProgressLine } from './terminal/progress-line';
import { run } from './run';
import { askLine, readSecret } from './terminal/terminal';
import { forTerminal, paintFor } from './text/paint';
import { waitingEngine } from './terminal/waiting-engine';
import { wrap } from './text/wrap';
import { askTrust } from './base/trust';
import { exit, type World } from './base/world';

/** The command line's entry, bundled as `cli.cjs` beside the practice host. */

const line = new ProgressLine(
  process.stderr.isTTY && process.env['TERM'] !== 'dumb'
    ? { write: (text) => void process.stderr.write(text), columns: () => process.stderr.columns }
    : null,
  monotonicNow,
);
const printTo = (stream: NodeJS.WritableStream, text: string, columns: number | null): void => {
  line.clear();
  stream.write(`${wrap(forTerminal(text), columns)}\n`);
};
/** A JSON document is one, on a terminal, too. */
const verbatim = process.argv.includes('--json');
const print = (text: string): void =>
  printTo(process.stdout, text, process.stdout.isTTY && !verbatim ? process.stdout.columns : null);
const say = (text: string): void =>
  printTo(process.stderr, text, process.stderr.isTTY ? process.stderr.columns : null);

/** Commands that take servers' locks: they are never left in the middle because nobody reads what they say. */
const changing = commands.filter((it) => it.options.includes('take-over')).map((it) => it.name);

const ended = watchOutputs({
  stdout: process.stdout,
  stderr: process.stderr,
  say,
  closed: () => {
    if (!process.argv.slice(2).some((word) => changing.includes(word))) process.exit(exit.well);
  },
});

let log: (line: string) => void = () => undefined;
let unsound = false;
catchUncaught(process, {
  log: (line) => log(line),
  monotonic: monotonicNow,
  survived: (error) => {
    if (!unsound) say(unexpectedWords(error.message));
    unsound = true;
  },
  // As Ctrl-C does: a deploy that runs stops at a safe point.
  tooMany: () => void process.kill(process.pid, 'SIGTERM'),
});

const unexpectedWords = (message: string): string =>
  `kanilink: something unexpected happened; this is a bug in Kanilink: ${message}\n  The details are in the log file (logs/kanilink-cli.log beside the journals); please report them.`;

void main();

async function main(): Promise<void> {
  const open = (invocation: Invocation): World => {
    const configDir =
      invocation.configDir === null ? defaultConfigDir(process.env) : resolve(invocation.configDir);
    log = appendingTo(join(configDir, 'logs', 'kanilink-cli.log'));
    const signal = cancelOnInterrupt(process, say, (code) => process.exit(code));
    const prompter = createPrompter({
      program: process.env['KANILINK_ASK'] || null,
      readSecret: (prompt, until) => line.held(() => readSecret(prompt, until)),
      say,
      limitMs: 120_000,
    });
    const practiceProgram = startOfPractice(dirname(fileURLToPath(import.meta.url)));
    const home = homedir();
    const ask = (question: string): Promise<string | null> => line.held(() => askLine(question, signal));
    const agreed = invocation.trust || (invocation.command === 'trust' && invocation.yes);
    const tracing = invocation.trace || process.env['KANILINK_TRACE'] === '1';
    const trace = new TraceLog((line) => {
      if (tracing) say(`trace: ${line}`);
    });
    const trust = new FleetTrust({ home, configDir, log });
    const believed = trust.contents;
    const engine = guardEngine(
      createEngine({ home, env: process.env, configDir, prompter, believed, log, practiceProgram, trace }),
      trust,
      askTrust({ agreed, say, askProgram: prompter.askProgram, askLine: ask }),
      Date.now,
    );
    return {
      engine: waitingEngine(engine, line),
      print,
      say,
      paint: paintFor(process.stdout.isTTY, process.env, invocation.color),
      paintSaid: paintFor(process.stderr.isTTY, process.env, invocation.color),
      interactive: process.stderr.isTTY,
      columns: process.stdout.isTTY ? process.stdout.columns : null,
      askLine: ask,
      signal,
      env: process.env,
      now: () => Date.now(),
    };
  };
  try {
    const version = ownVersion(dirname(fileURLToPath(import.meta.url)));
    process.exitCode = await run(process.argv.slice(2), { print, say, version, open });
  } catch (error) {
    const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log(`unexpected: ${details}`);
    say(unexpectedWords(error instanceof Error ? error.message : details));
    process.exitCode = exit.failed;
  }
  if (unsound && process.exitCode === exit.well) process.exitCode = exit.failed;
  // Whatever still listens (a socket closing, a terminal) must not keep a finished command alive.
  process.exit(await ended(Number(process.exitCode)));
}
