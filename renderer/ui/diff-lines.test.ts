import { expect, it } from 'vitest';
import { diffLines } from './diff-lines';

it('tells file names from lines that are added or removed', () => {
  const diff = '--- a\n+++ b\n@@ -1 +1 @@\n same\n-old\n+new\n+\n';
  expect(diffLines(diff).map((line) => line.kind)).toEqual([
    'place',
    'place',
    'place',
    'same',
    'removed',
    'added',
    'added',
  ]);
});
