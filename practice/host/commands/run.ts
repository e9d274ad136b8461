import type { Command, Exit, Invocation, MachineParts } from './command';
import { fail } from './command';
import { journalctl } from './journalctl';
import { kanidmd } from './kanidmd';
import { cat, date, id, uname } from './system-facts';
import { systemctl } from './systemctl';
import { fencedTool, FENCED_TOOLS } from './fenced-tools';
import { splitWords } from './words';

/** Runs one command line on a machine: what an SSH exec channel does. */
export async function runCommandLine(
  line: string,
  invocation: Omit<Invocation, 'args'>,
  machine: MachineParts,
): Promise<Exit> {
  const split = splitWords(line);
  if (!split.ok) {
    await invocation.err(
      `sh: 1: Syntax error: ${split.message}: a practice machine runs one plain command\n`,
    );
    return { code: 2 };
  }
  return runWords(split.words, invocation, machine);
}

async function runWords(
  words: readonly string[],
  invocation: Omit<Invocation, 'args'>,
  machine: MachineParts,
): Promise<Exit> {
  const [name = '', ...args] = words;
  const whole: Invocation = { ...invocation, args };
  if (name === 'sudo') return sudo(whole, machine);
  if (name === 'env') return env(whole, machine);
  if (name === 'true') return { code: 0 };
  const command = COMMANDS.get(name);
  if (command) return command(whole, machine);
  if (FENCED_TOOLS.has(name)) return fencedTool(name, whole, machine);
  return name === '' ? { code: 0 } : fail(whole, 127, `sh: 1: ${name}: not found`);
}

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['kanidmd', kanidmd],
  ['/usr/sbin/kanidmd', kanidmd],
  ['/usr/bin/kanidmd', kanidmd],
  ['systemctl', systemctl],
  ['journalctl', journalctl],
  ['date', date],
  ['cat', cat],
  ['id', id],
  ['uname', uname],
]);

/** `sudo -n COMMAND`: everything is allowed, or nothing without a password. */
async function sudo(invocation: Invocation, machine: MachineParts): Promise<Exit> {
  let words = [...invocation.args];
  const nonInteractive = words[0] === '-n' || words[0] === '--non-interactive';
  if (nonInteractive) words = words.slice(1);
  if (words[0] === '--') words = words.slice(1);
  if (!nonInteractive) {
    return fail(
      invocation,
      1,
      'sudo: a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper\nsudo: a password is required',
    );
  }
  if (machine.sudo === 'denied') return fail(invocation, 1, 'sudo: a password is required');
  const [name = ''] = words;
  if (name === '') return fail(invocation, 1, 'usage: sudo -h | -K | -k | -V');
  const known = COMMANDS.has(name) || FENCED_TOOLS.has(name) || ['env', 'true', 'sudo'].includes(name);
  if (!known) return fail(invocation, 1, `sudo: ${name}: command not found`);
  return runWords(words, invocation, machine);
}

/** `env NAME=VALUE… COMMAND`. The variables are those of a locale or a pager, which change nothing here. */
async function env(invocation: Invocation, machine: MachineParts): Promise<Exit> {
  const first = invocation.args.findIndex((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
  const set = first < 0 ? invocation.args : invocation.args.slice(0, first);
  const other = set.find((word) => !/^(LC_\w+|LANG|LANGUAGE|SYSTEMD_\w+|NO_COLOR|TERM)=/.test(word));
  if (other) return fail(invocation, 125, `env: a practice machine takes no variable like ${other}`);
  return runWords(first < 0 ? [] : invocation.args.slice(first), invocation, machine);
}
