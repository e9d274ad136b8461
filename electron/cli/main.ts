import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { version } from '../../package.json';
import { createEngine, defaultConfigDir } from '../engine/create-engine';
import type { Invocation } from './arguments';
import { createPerson } from './ask';
import { commands } from './commands';
import { cancelOnInterrupt } from './interrupt';
import { appendingTo } from './log-file';
import { run } from './run';
import { askLine, readSecret } from './terminal';
import { paintFor } from './text/paint';
import { exit, type World } from './world';

/** The command line's entry, bundled as `cli.cjs` beside the practice host. */

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Commands that ask before they change servers: they are never left in the middle because nobody reads what they say. */
const changing = commands.filter((it) => it.options.includes('yes')).map((it) => it.name);

// A reader that stops reading (`kanilink logs … | head`) is no error, and ends what only reads.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (!process.argv.slice(2).some((word) => changing.includes(word))) process.exit(exit.well);
  });

void main();

async function main(): Promise<void> {
  let log: (line: string) => void = () => undefined;
  const open = (invocation: Invocation): World => {
    const configDir =
      invocation.configDir === null ? defaultConfigDir(process.env) : resolve(invocation.configDir);
    log = appendingTo(join(configDir, 'logs', 'kanilink-cli.log'));
    const signal = cancelOnInterrupt(process, say, (code) => process.exit(code));
    const person = createPerson({
      program: process.env['KANILINK_ASK'] || null,
      readSecret,
      say,
      limitMs: 120_000,
    });
    const practiceProgram = join(dirname(fileURLToPath(import.meta.url)), 'practice-host.cjs');
    const engine = createEngine({
      home: homedir(),
      env: process.env,
      configDir,
      person,
      log,
      practiceProgram,
    });
    return {
      engine,
      print,
      say,
      paint: paintFor(process.stdout.isTTY, process.env),
      paintSaid: paintFor(process.stderr.isTTY, process.env),
      interactive: process.stderr.isTTY,
      columns: process.stdout.isTTY ? process.stdout.columns : null,
      askLine: (question) => askLine(question, signal),
      signal,
      now: () => Date.now(),
    };
  };
  try {
    process.exitCode = await run(process.argv.slice(2), { print, say, version, open });
  } catch (error) {
    const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log(details);
    say(
      `kanilink: something unexpected happened, which is a mistake in Kanilink. Please report this:\n${details}`,
    );
    process.exitCode = exit.failed;
  }
  // Whatever still listens (a socket closing, a terminal) must not keep a finished command alive.
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}
