import { type CommandId, keysFor, wordsOf } from '../../shared/ipc/commands';

/** Keys that are not written as they are called. */
const names: Readonly<Record<string, string>> = { mod: 'Ctrl', '=': '+', '-': '−' };

/** A shortcut as it is written for a person: `Ctrl Shift Z`. */
export const keyWords = (keys: string): string =>
  keys
    .split('+')
    .map((key) => names[key] ?? key.charAt(0).toUpperCase() + key.slice(1))
    .join(' ');

/** The shortcut of a command, as it is written for a person; empty: it has none. */
export const keysOf = (id: CommandId): string => keyWords(keysFor(wordsOf(id))[0] ?? '');
