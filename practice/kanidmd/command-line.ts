import type { Version } from './versions';

/** A command line, taken apart. */
export interface CommandLine {
  /** The words that are no options: `domain show`, `scripting backup PATH`. */
  words: readonly string[];
  configPath: string;
  json: boolean;
  help: boolean;
  iWantToRefresh: boolean;
}

/** What clap prints for a command it does not know; exit code 2. */
export interface Misuse {
  misuse: string;
}

/** Takes the arguments apart and checks that the release knows the command. */
export function parseCommandLine(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  version: Version,
): CommandLine | Misuse {
  const words: string[] = [];
  const line = { json: false, help: false, iWantToRefresh: false };
  let configPath = env['KANIDM_CONFIG'] ?? '/etc/kanidm/server.toml';
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (arg === '-c' || arg === version.configFlag) configPath = args[++index] ?? configPath;
    else if (arg === '-h' || arg === '--help') line.help = true;
    else if (arg === '--i-want-to-refresh-this-servers-database') line.iWantToRefresh = true;
    else if ((arg === '-o' || arg === '--output') && version.shape === 'early')
      line.json = args[++index] === 'json';
    else if (arg.startsWith('-')) return { misuse: unexpected(arg) };
    else words.push(arg);
  }
  const known = commandsOf(version);
  const first = words[0] ?? '';
  if (!known.includes(first)) return { misuse: first === '' ? usage : unrecognized(first, known) };
  return { words, configPath, ...line };
}

const usage = "Usage: kanidmd <COMMAND>\n\nFor more information, try '--help'.";

/** The verbs of a release. `practice` is ours alone and hidden. */
function commandsOf(version: Version): string[] {
  const always = [
    'server',
    'configtest',
    'cert-generate',
    'database',
    'domain',
    'show-replication-certificate',
    'renew-replication-certificate',
    'refresh-replication-consumer',
    'healthcheck',
    'version',
    'practice',
  ];
  return version.shape === 'early'
    ? always
    : [...always, 'scripting', 'show-replication-certificate-metadata'];
}

function unexpected(arg: string): string {
  return `error: unexpected argument '${arg}' found\n\n${usage}`;
}

function unrecognized(word: string, known: readonly string[]): string {
  const similar = known
    .map((one) => ({ one, score: jaro(one, word) }))
    .filter(({ one, score }) => score > 0.7 && one !== 'practice')
    .sort((a, b) => a.score - b.score)
    .map(({ one }) => one);
  const names = similar.map((one) => `'${one}'`).join(', ');
  const tip =
    similar.length === 0
      ? ''
      : `\n\n  tip: ${similar.length === 1 ? `a similar subcommand exists: ${names}` : `some similar subcommands exist: ${names}`}`;
  return `error: unrecognized subcommand '${word}'${tip}\n\n${usage}`;
}

/** Jaro's similarity of two words, 0 to 1: what the real program's command line library goes by. */
function jaro(a: string, b: string): number {
  const range = Math.max(Math.floor(Math.max(a.length, b.length) / 2) - 1, 0);
  const taken = new Set<number>();
  const matched: string[] = [];
  for (let i = 0; i < a.length; i += 1) {
    for (let j = Math.max(0, i - range); j <= Math.min(b.length - 1, i + range); j += 1) {
      if (taken.has(j) || a[i] !== b[j]) continue;
      taken.add(j);
      matched.push(a[i] ?? '');
      break;
    }
  }
  if (matched.length === 0) return 0;
  const other = [...taken].sort((x, y) => x - y).map((j) => b[j]);
  const swapped = matched.filter((letter, index) => letter !== other[index]).length / 2;
  const m = matched.length;
  return (m / a.length + m / b.length + (m - swapped) / m) / 3;
}
