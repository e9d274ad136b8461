import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashOf, readStamp, writeStamp } from './stamp.mjs';
import { inOwnFolder } from '../../test/support/own-folder';

let root: string;
inOwnFolder('stamp', (made) => {
  root = made;
  mkdirSync(join(root, 'src/deep'), { recursive: true });
  writeFileSync(join(root, 'src/a.ts'), 'a');
  writeFileSync(join(root, 'src/deep/b.ts'), 'b');
});

const hash = () => hashOf(root, ['src', 'missing'], (path) => !path.endsWith('.test.ts'));

describe('the hash of the sources', () => {
  test('stays when a file is only touched, or one that does not count changes', () => {
    const before = hash();
    utimesSync(join(root, 'src/a.ts'), 1, 1);
    writeFileSync(join(root, 'src/a.test.ts'), 'x');
    expect(hash()).toBe(before);
  });

  test.each([
    ['changes', () => writeFileSync(join(root, 'src/deep/b.ts'), 'B')],
    ['comes', () => writeFileSync(join(root, 'src/c.ts'), '')],
    ['goes', () => rmSync(join(root, 'src/a.ts'))],
    ['appears where there was none', () => writeFileSync(join(root, 'missing'), '')],
  ])('changes when a file %s', (_, change) => {
    const before = hash();
    change();
    expect(hash()).not.toBe(before);
  });

  test('tells content from names', () => {
    writeFileSync(join(root, 'src/a.ts'), 'asrc/c.ts');
    const before = hash();
    writeFileSync(join(root, 'src/a.ts'), 'a');
    writeFileSync(join(root, 'src/c.ts'), '');
    expect(hash()).not.toBe(before);
  });
});

test('a stamp is read as it was written; none is none', () => {
  const file = join(root, 'new/folder/.stamp');
  expect(readStamp(file)).toBeUndefined();
  writeStamp(file, 'abc');
  expect(readStamp(file)).toBe('abc');
});
