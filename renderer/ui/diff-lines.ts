export interface DiffLine {
  readonly kind: 'added' | 'removed' | 'place' | 'same';
  readonly text: string;
}

/** A unified diff's lines by what they are; file names and `@@` are places. */
export function diffLines(diff: string): readonly DiffLine[] {
  return diff
    .replace(/\n$/, '')
    .split('\n')
    .map((text) => ({ kind: kindOf(text), text }));
}

function kindOf(line: string): DiffLine['kind'] {
  if (/^(---|\+\+\+|@@|\\ )/.test(line)) return 'place';
  if (line.startsWith('+')) return 'added';
  if (line.startsWith('-')) return 'removed';
  return 'same';
}
