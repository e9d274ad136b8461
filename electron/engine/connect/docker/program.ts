import type { Inspected } from './container';

/** How the container starts its server: the program with what stands before `server`, and the rest. */
export interface ServerCommand {
  /** `['/sbin/kanidmd']`, or with what runs it: `['/sbin/tini', '--', 'kanidmd']`. */
  readonly program: readonly string[];
  /** The path after `-c` or `--config`, if it is there. */
  readonly config: string | null;
}

/** Reads it out of the container's own command; the image has only this one program (`kanidm.md`, "Commands"). */
export function serverCommand(seen: Pick<Inspected, 'Path' | 'Args'>): ServerCommand {
  const words = [seen.Path, ...(seen.Args ?? [])];
  const server = words.indexOf('server');
  const named = words.findIndex((word) => /(^|\/)kanidmd$/.test(word));
  const end = server > 0 ? server : named >= 0 ? named + 1 : 0;
  return { program: end > 0 ? words.slice(0, end) : ['kanidmd'], config: configIn(words.slice(end)) };
}

/** True for a container that runs kanidmd, as far as its command or image tells. */
export const looksLikeKanidmd = (command: string, image: string): boolean =>
  /(^|[\s/])[\w-]*kanidmd(\.\w+)?(\s|$)/.test(command) || /(^|[/-])kanidm/.test(image);

function configIn(words: readonly string[]): string | null {
  for (const [place, word] of words.entries()) {
    if (word === '-c' || word === '--config') return words[place + 1] ?? null;
    const joined = /^(?:--config=|-c=?)(.+)$/.exec(word);
    if (joined?.[1]) return joined[1];
  }
  return null;
}

/** Subcommands that take no config: they only say what the program is. */
const WITHOUT_CONFIG = new Set(['version', 'help', '--help', '--version']);

/** A kanidmd command with the server's own config, `-c` after the subcommand and its arguments. */
export function kanidmdArguments(args: readonly string[], config: string): readonly string[] {
  const bare = args.length === 0 || WITHOUT_CONFIG.has(args[0] ?? '') || args.includes('--help');
  return bare ? args : [...args, '-c', config];
}

/** `NAME=value` lines as a record; the first `=` parts them. */
export const environmentOf = (seen: { readonly Config: { readonly Env?: readonly string[] | null } }) =>
  Object.fromEntries(
    (seen.Config.Env ?? []).map((line): [string, string] => {
      const at = line.indexOf('=');
      return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
    }),
  );
