import { configFlags } from '../../../../shared/versions/versions';

/** kanidmd's name as a word of a command line; `.cjs` and the like are programs that stand for it. */
const KANIDMD = /^(?:.*\/)?kanidmd(?:\.\w{1,8})?$/;
const SHELL = /^(?:.*\/)?(?:ba|da|a|z|k)?sh$/;
/** The flag for the configuration, as some version of kanidmd takes it. It may stand before the subcommand or after it. */
const FLAGS = new Set(configFlags);
/** Subcommands that take no config: they only say what the program is. */
const WITHOUT_CONFIG = new Set(['version', 'help', '--help', '--version']);

/** What kanidmd is asked by a probe, and what lines of sudoers for somebody who only looks allow. */
export const QUESTIONS = {
  domain: ['domain', 'show'],
  certificate: ['show-replication-certificate'],
} as const;

/** How a server is started: the program with what runs it, and the configuration it is told. */
export interface ServerCommand {
  /** `['/sbin/kanidmd']`, or with what runs it: `['/sbin/tini', '--', 'kanidmd']`. */
  readonly program: readonly string[];
  /** The path its arguments name; null: none. */
  readonly config: string | null;
}

/**
 * Takes the command line of a running server apart. A command given to a shell (`sh -c "exec kanidmd server"`) is read by
 * its words; the program is then kanidmd alone.
 * @param argv the words of the command, the program first.
 */
export function serverCommand(argv: readonly string[]): ServerCommand {
  if (SHELL.test(argv[0] ?? '')) {
    const inner = serverCommand(scriptWords(argv));
    return { program: inner.program.slice(-1), config: inner.config };
  }
  const named = argv.findIndex((word) => KANIDMD.test(word));
  const server = argv.indexOf('server');
  const end = named >= 0 ? named + 1 : server > 0 ? server : 0;
  // A program of another name is believed to be kanidmd all the same: its container or unit is what the fleet names.
  const config = flagValue(argv.slice(Math.max(end, 1)));
  return { program: end > 0 ? argv.slice(0, end) : ['kanidmd'], config };
}

/**
 * The configuration a kanidmd's command line names, however it is spelled: `-c X`, `-c=X`, `-cX`, `--config X`,
 * `--config-path=X`, before or after the subcommand.
 * @returns null where it names none.
 */
export const configArgument = (argv: readonly string[]): string | null => serverCommand(argv).config;

/** A kanidmd command with the server's own config, `-c` after the subcommand and its arguments: every version takes it there. */
export function kanidmdArguments(args: readonly string[], config: string): readonly string[] {
  const bare = args.length === 0 || WITHOUT_CONFIG.has(args[0] ?? '') || args.includes('--help');
  return bare ? args : [...args, '-c', config];
}

function flagValue(words: readonly string[]): string | null {
  for (const [place, word] of words.entries()) {
    if (word === '--') return null;
    if (FLAGS.has(word)) return words[place + 1] ?? null;
    const equals = word.indexOf('=');
    if (equals > 0 && FLAGS.has(word.slice(0, equals))) return word.slice(equals + 1) || null;
    if (word.startsWith('-c') && word.length > 2) return word.slice(2);
  }
  return null;
}

/** The words of the script in `sh -c SCRIPT`; none of a shell that is given no script, or one without a kanidmd. */
function scriptWords(argv: readonly string[]): readonly string[] {
  const flag = argv.findIndex((word) => /^-[a-z]{0,8}c$/.test(word));
  if (flag < 0) return [];
  const words = (argv[flag + 1] ?? '').split(/[\s;&|]/).map((word) => word.replace(/^["']|["']$/g, ''));
  const kept = words.filter((word) => word !== '');
  return kept.some((word) => KANIDMD.test(word)) ? kept : [];
}
