import { homedir } from 'node:os';
import { parseArgs } from 'node:util';
import { createEngine } from './create-engine';
import { Door } from './door/door';
import { parentPort } from './door/port';
import { WindowPerson } from './door/window-person';

/**
 * The engine's process, started by the app as a utility process. Its arguments name where it keeps things; standard
 * error goes to the app's log file.
 */
const { values } = parseArgs({
  options: { 'config-dir': { type: 'string' }, 'practice-program': { type: 'string' } },
});
const configDir = values['config-dir'];
const practiceProgram = values['practice-program'];
if (configDir === undefined || practiceProgram === undefined) {
  throw new Error('--config-dir and --practice-program are needed');
}

const log = (line: string): void => console.error(line);
const port = parentPort();
const person = new WindowPerson((message) => port.send(message));
const engine = createEngine({ home: homedir(), env: process.env, configDir, person, log, practiceProgram });
const door = new Door({ engine, person, send: (message) => port.send(message), log });

port.listen((message) => {
  if (message === 'close') void leave();
  else door.receive(message);
});
process.on('SIGTERM', () => void leave());

/** Ends what runs, connections and the practice fleet; the app waits for this process to be gone. */
async function leave(): Promise<void> {
  await door.close();
  await engine.close();
  process.exit(0);
}
