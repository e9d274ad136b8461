import type { Command } from './commands';

/** The commands whose title has every word that was typed, somewhere; those that begin with it first. */
export function findCommands<C extends Pick<Command, 'title'>>(
  commands: readonly C[],
  typed: string,
): readonly C[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = commands.filter((command) =>
    words.every((word) => command.title.toLowerCase().includes(word)),
  );
  const first = words[0] ?? '';
  const begins = (command: C): number => (command.title.toLowerCase().startsWith(first) ? 0 : 1);
  return [...found].sort((a, b) => begins(a) - begins(b));
}
