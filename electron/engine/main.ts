import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createEngine } from './create-engine';
import { IpcServer } from './ipc/ipc-server';
import { parentPort } from './ipc/port';
import { WindowPrompter } from './ipc/window-prompter';
import { FleetTrust } from './trust/fleet-trust';
import { guardEngine } from './trust/guard-engine';
import { catchUncaught } from './last-resort';
import { monotonicNow, wallNow } from './base/time';
import { TraceLog } from './base/trace';
import { errorOf } from './base/unexpected';
import { appendLine } from './storage/append-line';

/**
 * The engine's process, started by the app as a utility process. Its arguments name where it keeps things; standard
 * error goes to the app's log file.
 */
const { values } = parseArgs({
  options: {
    'config-dir': { type: 'string' },
    'practice-program': { type: 'string', multiple: true },
    trace: { type: 'boolean' },
  },
});
const configDir = values['config-dir'];
const practiceProgram = values['practice-program'];
if (configDir === undefined || practiceProgram === undefined) {
  throw new Error('--config-dir and --practice-program are needed');
}

const log = (line: string): void => console.error(line);
/** The exit code of an engine that does not trust itself any more. */
const UNSOUND = 70;
/** A deploy stops at a safe point; one that does not is left to its journal. Milliseconds. */
const LEAVE_LIMIT = 120_000;
catchUncaught(process, {
  log,
  monotonic: monotonicNow,
  tooMany: () => leave(UNSOUND),
});
/** Bytes of the trace's file before it becomes `FILE.1`. */
const LARGEST_TRACE = 5_000_000;
const traceFile = join(configDir, 'logs', 'kanilink-trace.log');
const wanted = values.trace === true || process.env['KANILINK_TRACE'] === '1';
const trace = new TraceLog((line) => {
  if (!wanted) return;
  try {
    appendLine(traceFile, line, LARGEST_TRACE);
  } catch {
    // A disk that is full must not end what is traced.
  }
});
const port = parentPort();
const prompter = new WindowPrompter((message) => port.send(message));
const home = homedir();
const trust = new FleetTrust({ home, configDir, log });
const believed = trust.contents;
const engine = guardEngine(
  createEngine({ home, env: process.env, configDir, prompter, believed, log, practiceProgram, trace }),
  trust,
  (question, signal) => prompter.trustFleet(question, signal),
  wallNow,
);
const server = new IpcServer({ engine, prompter, send: (message) => port.send(message), log });

port.listen((message) => {
  if (message === 'close') leave(0);
  else if (message === 'woke') engine.wake();
  else server.receive(message);
});
process.on('SIGTERM', () => leave(0));

/** Ends what runs, connections and the practice fleet; the app waits for this process to be gone. */
function leave(code: number): void {
  setTimeout(() => process.exit(code), LEAVE_LIMIT).unref();
  server
    .close()
    .then(() => engine.close())
    .catch((cause: unknown) => log(`closing: ${errorOf(cause).stack ?? ''}`))
    .finally(() => process.exit(code));
}
