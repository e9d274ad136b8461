import { posix } from 'node:path';
import { configArgument } from '../../common/kanidmd-arguments';
import type { Variables } from './unit-environment';

/** What a command line says of the server.toml its kanidmd reads. */
export type ConfigSaid =
  | { readonly kind: 'path'; readonly path: string }
  /** kanidmd is started without: `KANIDM_CONFIG` counts, then the path it was built with. */
  | { readonly kind: 'default' }
  /** It cannot be told, and why. */
  | { readonly kind: 'unclear'; readonly why: string };

/** Programs that read their own words as a script, so that `-c` is not kanidmd's. */
const SHELL = /^(?:sh|ash|bash|dash|fish|ksh|mksh|zsh|busybox)$/;
/** What a shell does more with than hand it on as it is. Quotes are lost in what systemd prints. */
const SPECIAL = /[$`"'\\|;&<>(){}*?~#[\]!]/;

/**
 * Finds the config in the words that start a service: `kanidmd server -c FILE`, perhaps behind another program (`env`,
 * `setpriv`) or as the script of a shell. What is not certain is `unclear`, never a guess.
 * @param program kanidmd as the fleet names it.
 * @param environment for `${NAME}`, which systemd fills in.
 * @param workingDirectory where a relative path starts; null: not known.
 */
export function configOfCommand(
  argv: readonly string[],
  program: string,
  environment: Variables = {},
  workingDirectory: string | null = null,
): ConfigSaid {
  const words = commandOf(argv);
  if ('why' in words) return { kind: 'unclear', why: words.why };
  const names = new Set(['kanidmd', posix.basename(program)]);
  const at = words.list.findIndex((word) => names.has(posix.basename(word)));
  if (at < 0) return { kind: 'unclear', why: `it starts ${argv[0] ?? 'nothing'}, not kanidmd` };
  const rest = words.list.slice(at + 1);
  const said = configArgument(['kanidmd', ...rest]);
  if (said === null) return { kind: 'default' };
  const after = rest[rest.findIndex((word) => word.endsWith(said)) + 1];
  // `server` is kanidmd's own word, which may also stand behind its options.
  if (after !== undefined && !after.startsWith('-') && after !== 'server')
    return { kind: 'unclear', why: `it says ${said} ${after}, which may be one path or two words` };
  return located(filledIn(said, environment), workingDirectory);
}

function located(path: string | null, workingDirectory: string | null): ConfigSaid {
  if (path === null) return { kind: 'unclear', why: 'its path has a variable whose value is not known' };
  if (posix.isAbsolute(path)) return { kind: 'path', path: posix.normalize(path) };
  if (workingDirectory !== null && posix.isAbsolute(workingDirectory))
    return { kind: 'path', path: posix.join(workingDirectory, path) };
  return { kind: 'unclear', why: `its path is relative: ${path}` };
}

/** The words of the program itself; a shell's `-c` script in words where it is plain. */
function commandOf(argv: readonly string[]): { readonly list: readonly string[] } | { readonly why: string } {
  if (!SHELL.test(posix.basename(argv[0] ?? ''))) return { list: argv };
  const flag = argv.findIndex((word, index) => index > 0 && /^-[a-z]*c$/.test(word));
  const script = argv.slice(flag + 1).join(' ');
  if (flag < 0 || SPECIAL.test(script)) return { why: 'it starts kanidmd through a shell script' };
  return { list: script.split(/\s+/) };
}

/** `${NAME}` and `$NAME` as systemd fills them in; null: one that is not known. */
function filledIn(text: string, environment: Variables): string | null {
  let known = true as boolean;
  const filled = text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_whole, braced?: string, bare?: string) => {
    const value = environment[braced ?? bare ?? ''];
    if (value === undefined) known = false;
    return value ?? '';
  });
  return known && filled !== '' ? filled : null;
}
