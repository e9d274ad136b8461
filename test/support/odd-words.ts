/** Words that are only words, whatever a shell, a pattern or an option would make of them. */
export const oddWords: readonly string[] = [
  'a b',
  `it's`,
  '"',
  '$(id)',
  '`id`',
  '$HOME',
  '-rf',
  '; id',
  '| id',
  '&',
  '\n',
  '\\',
  '*',
  '!!',
  '🪨',
  '',
];
