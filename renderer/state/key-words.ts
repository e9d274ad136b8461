/** A shortcut as it is written for a person: `Ctrl Shift Z`. */
export const keyWords = (keys: string): string =>
  keys
    .split('+')
    .map((key) =>
      key === 'mod' ? 'Ctrl' : key === 'delete' ? 'Del' : key.charAt(0).toUpperCase() + key.slice(1),
    )
    .join(' ');
