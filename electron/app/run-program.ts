import { app } from 'electron';
import { constants } from 'node:os';
import { join } from 'node:path';
import { OWN_PROGRAMS, PROGRAM_SWITCH, type OwnProgram } from '../engine/base/own-program';

/** A program without a window that this start is asked for. */
export interface AskedProgram {
  /** null: there is none of that name. */
  readonly program: OwnProgram | null;
  /** Its own arguments. */
  readonly words: readonly string[];
}

/**
 * Which program without a window a start is asked for.
 *
 * @param argv the process's
 * @returns null: none, the window is wanted
 */
export function askedProgram(argv: readonly string[]): AskedProgram | null {
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  const asked = own.find((word) => word.startsWith(PROGRAM_SWITCH))?.slice(PROGRAM_SWITCH.length);
  if (asked === undefined) return null;
  const program = OWN_PROGRAMS.find((name) => name === asked) ?? null;
  return { program, words: end < 0 ? [] : argv.slice(end + 1) };
}

/**
 * Runs a program without a window in this process, as a Node would: its arguments, its signals, its exit code, its last words.
 *
 * @param folder of the bundled programs
 * @param load loads a file of them
 */
export function runProgram(
  { program, words }: AskedProgram,
  folder: string,
  load: (file: string) => unknown,
): void {
  // Nothing of Chromium's is kept: below a file there can be no folder.
  app.setPath('userData', join(process.execPath, 'none'));
  if (process.platform === 'darwin') app.setActivationPolicy('prohibited');
  endAsNode();
  if (program === null) {
    process.stderr.write(`kanilink: it has no such program; it has ${OWN_PROGRAMS.join(', ')}\n`);
    process.exit(64);
  }
  const file = join(folder, `${program}.cjs`);
  process.argv = [process.execPath, file, ...words];
  // Not before: Electron still sets handlers of signals, over those of the program.
  app.once('will-finish-launching', () => {
    forgetSignals();
    load(file);
  });
}

/** Electron's `process.exit` goes on with what follows it, and its dialog for an exception waits for somebody to read it. */
function endAsNode(): void {
  const leave: unknown = Reflect.get(process, 'reallyExit');
  process.exit = (code): never => {
    process.exitCode = code ?? process.exitCode ?? 0;
    process.emit('exit', Number(process.exitCode));
    Reflect.apply(leave as (code: number) => never, process, [Number(process.exitCode)]);
    throw new Error('it has ended');
  };
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, (cause: unknown) => {
      // A program that has its own way is told beside this.
      if (process.listenerCount(event) > ownListeners[event]) return;
      process.stderr.write(`${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`);
      process.exit(1);
    });
  const ownListeners = {
    uncaughtException: process.listenerCount('uncaughtException'),
    unhandledRejection: process.listenerCount('unhandledRejection'),
  };
}

/** Gives signals back to the system, as a Node starts: a handler that is taken away leaves none behind. */
function forgetSignals(): void {
  const signals = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).filter((name) => name in constants.signals);
  for (const name of signals) {
    const none = (): void => undefined;
    process.on(name, none);
    process.off(name, none);
  }
}
