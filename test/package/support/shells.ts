import { findProgram } from '../../../build/launch/display.mjs';
import { runProgram } from './main-job';

/** Whether a shell is here to be asked. */
export const hasShell = (name: 'zsh' | 'fish'): boolean => findProgram(name) !== undefined;

const BASH =
  'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _kanilink; printf "%s\\n" "${COMPREPLY[@]}"';

/** What bash offers for the last of these words, by the file. */
export async function bashOffers(
  file: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  const { stdout } = await runProgram('bash', ['-c', BASH, file, ...words], env);
  return stdout.trim().split('\n');
}

/** A zsh in a terminal of its own: completion works at its prompt only. Tab completes, Ctrl-X prints the line and ends it. */
const ZSH = `zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PROMPT=; fpath=(\${(q)1} \\$fpath); autoload -Uz compinit; compinit -u -D
  show() { print -r -- \\"<\\$BUFFER>\\"; exit }; zle -N show; bindkey '^X' show; print rea''dy"
zpty -r shell said '*ready*'
zpty -w -n shell "$2"$'\\t\\C-X'
zpty -r shell said '*<*>*'
print -r -- "\${\${said##*<}%%>*}"`;

/** The line that zsh makes of this one, by the file \`_kanilink\` of a folder. */
export async function zshCompletes(folder: string, line: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout, stderr } = await runProgram('zsh', ['-f', '-c', ZSH, 'zsh', folder, line], env);
  return stdout.trim() || stderr;
}

/** What fish offers at the end of this line, by the file, without descriptions. */
export async function fishOffers(
  file: string,
  line: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  const script = 'source $argv[1]; complete -C $argv[2]';
  const { stdout, stderr } = await runProgram('fish', ['--no-config', '-c', script, file, line], env);
  return (stdout.trim() || stderr)
    .split('\n')
    .map((offered) => offered.split('\t')[0] ?? '')
    .sort();
}
