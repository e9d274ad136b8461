import { type OptionWords, optionsOf } from '../../electron/cli/base/arguments';
import type { Command } from '../../electron/cli/base/command';

/** What a shell offers after an option: some words, a file, a folder, or nothing it could know. */
type Offer = { readonly words: readonly string[] } | 'file' | 'folder' | 'nothing';

function offerOf(value: string): Offer {
  if (value.includes('|')) return { words: value.split('|') };
  if (/^(?:FILE|LOG|PATH)/.test(value)) return 'file';
  return value === 'DIR' ? 'folder' : 'nothing';
}

const names = (commands: readonly Command[]): readonly string[] => [
  ...commands.map(({ name }) => name),
  'help',
];
const flags = (command: Command): string =>
  optionsOf(command)
    .map(({ name }) => `--${name}`)
    .join(' ');

/** Every option that takes a value, once. */
const valued = (commands: readonly Command[]): readonly (OptionWords & { readonly value: string })[] => {
  const all = commands.flatMap((command) => optionsOf(command));
  const once = new Map(all.map((option) => [option.name, option]));
  return [...once.values()].flatMap(({ name, value }) => (value === null ? [] : [{ name, value }]));
};

/** What bash offers after `kanilink`, a file for its folder of completions. */
export function forBash(commands: readonly Command[]): string {
  const reply = (offer: Offer): string => {
    if (offer === 'file') return 'mapfile -t COMPREPLY < <(compgen -f -- "$now")';
    if (offer === 'folder') return 'mapfile -t COMPREPLY < <(compgen -d -- "$now")';
    const words = offer === 'nothing' ? '' : offer.words.join(' ');
    return `mapfile -t COMPREPLY < <(compgen -W '${words}' -- "$now")`;
  };
  const values = valued(commands).map(
    ({ name, value }) => `    --${name}) ${reply(offerOf(value))}; return ;;`,
  );
  const options = commands.map((it) => `    ${it.name}) options='${flags(it)}' ;;`);
  return `# What bash offers after kanilink.
_kanilink() {
  local now=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} options=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    ${reply({ words: [...names(commands), '--version'] })}
    return
  fi
  case $before in
    help) ${reply({ words: names(commands) })}; return ;;
${values.join('\n')}
  esac
  case \${COMP_WORDS[1]} in
${options.join('\n')}
  esac
  case $now in
    -*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$now") ;;
    *) ${reply('file')} ;;
  esac
}
complete -o filenames -F _kanilink kanilink
`;
}

/** The same for zsh: a file named _kanilink in its fpath. */
export function forZsh(commands: readonly Command[]): string {
  const after = (value: string): string => {
    const offer = offerOf(value);
    if (offer === 'file') return `:${value}:_files`;
    if (offer === 'folder') return `:${value}:_directories`;
    return offer === 'nothing' ? `:${value}:` : `:WHEN:(${offer.words.join(' ')})`;
  };
  const option = ({ name, value }: OptionWords): string =>
    `'*--${name}${value === null ? '' : after(value).replace(/^/, '[' + value.split('|').join(' or ') + ']')}'`;
  const cases = commands.map(
    (it) => `    ${it.name}) _arguments ${optionsOf(it).map(option).join(' ')} '*:file:_files' ;;`,
  );
  const described = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  return `#compdef kanilink
# What zsh offers after kanilink.
_kanilink() {
  local -a commands=(
${described.join('\n')}
    'help:describes a command'
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  (( CURRENT-- ))
  shift words
  case $command in
    help) _describe command commands ;;
${cases.join('\n')}
  esac
}
_kanilink "$@"
`;
}

/** The same for fish: kanilink.fish in its folder of completions. */
export function forFish(commands: readonly Command[]): string {
  const option = (command: Command, { name, value }: OptionWords): string => {
    const begin = `complete -c kanilink -n '__fish_seen_subcommand_from ${command.name}' -l ${name}`;
    if (value === null) return begin;
    const offer = offerOf(value);
    if (offer === 'file') return `${begin} -rF`;
    if (offer === 'folder') return `${begin} -xa '(__fish_complete_directories)'`;
    return offer === 'nothing' ? `${begin} -x` : `${begin} -xa '${offer.words.join(' ')}'`;
  };
  const lines = commands.flatMap((it) => [
    `complete -c kanilink -n __fish_use_subcommand -fa ${it.name} -d ${quoted(it.summary)}`,
    ...optionsOf(it).map((each) => option(it, each)),
  ]);
  return `# What fish offers after kanilink.
${lines.join('\n')}
complete -c kanilink -n __fish_use_subcommand -fa help -d 'describes a command'
complete -c kanilink -n '__fish_seen_subcommand_from help' -fa '${names(commands).join(' ')}'
`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", '’')}'`;
