import { type Invocation, readArguments } from './base/arguments';
import type { Command } from './base/command';
import { commands } from './commands';
import { commandHelp, helpText } from './help';
import { usageError } from './base/usage';
import { exit, type World } from './base/world';

/** What is needed before a command is known: outputs, and a way to open the rest. */
export interface Outside {
  readonly print: (text: string) => void;
  readonly say: (text: string) => void;
  readonly version: string;
  /** Makes the engine and all; called once, for commands that run. */
  readonly open: (invocation: Invocation) => World;
}

/**
 * Runs one call of the command line.
 * @param words what follows the program's name.
 * @returns the exit code.
 */
export async function run(words: readonly string[], outside: Outside): Promise<number> {
  const [first, ...rest] = words;
  if (first === undefined) {
    outside.say(helpText());
    return exit.usage;
  }
  if (first === '--version' || first === '-V') {
    outside.print(outside.version);
    return exit.well;
  }
  if (first === 'help' || first === '--help' || first === '-h') return help(rest[0], outside);
  if (first.startsWith('-')) {
    const usage = 'Usage: kanilink COMMAND FLEET [options]; kanilink help lists the commands';
    return usageError(`the command comes first, before ${first}`, usage, asksJson(words), outside);
  }
  const command = commands.find(({ name }) => name === first);
  if (!command) return unknown(first, asksJson(rest), outside);
  if (rest.includes('--help') || rest.includes('-h')) return help(first, outside);
  const invocation = readArguments(command, rest);
  if (!invocation.ok) {
    const { complaint } = invocation;
    return usageError(complaint, `Usage: kanilink ${command.name} ${command.usage}`, asksJson(rest), outside);
  }
  const world = outside.open(invocation.value);
  try {
    return await command.run(invocation.value, world);
  } finally {
    await world.engine.close();
  }
}

function help(name: string | undefined, outside: Outside): number {
  if (name === undefined) {
    outside.print(helpText());
    return exit.well;
  }
  const command: Command | undefined = commands.find((it) => it.name === name);
  if (!command) return unknown(name, false, outside);
  outside.print(commandHelp(command));
  return exit.well;
}

/** Before its arguments are understood, a call that holds `--json` wants one document. */
const asksJson = (words: readonly string[]): boolean => words.includes('--json');

function unknown(name: string, json: boolean, outside: Outside): number {
  const names = commands.map((command) => command.name).join(', ');
  return usageError(`there is no command "${name}"`, `Commands: ${names}, help.`, json, outside);
}
