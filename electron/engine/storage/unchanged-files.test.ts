import { appendFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { UnchangedFiles } from './unchanged-files';
import { inOwnFolder } from '../../../test/support/own-folder';

let folder: string;
inOwnFolder('unchanged', (made) => (folder = made));

const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

it('opens a file again when it is longer, replaced, or of the same length and written later', async () => {
  const files = new UnchangedFiles<string>(1000);
  const path = await file('a', 'one');
  const parse = vi.fn((text: string) => text);
  const read = () => files.read(path, parse);
  expect([await read(), await read(), parse.mock.calls.length]).toEqual(['one', 'one', 1]);
  await appendFile(path, '+');
  expect([await read(), parse.mock.calls.length]).toEqual(['one+', 2]);
  await rm(path);
  await file('a', 'two+');
  expect([await read(), parse.mock.calls.length]).toEqual(['two+', 3]);
  await writeFile(path, 'six+');
  await utimes(path, 1, 1);
  expect([await read(), await read(), parse.mock.calls.length]).toEqual(['six+', 'six+', 4]);
});

it('keeps no more than it may, and says what it cannot read', async () => {
  const files = new UnchangedFiles<string>(5);
  const [small, large] = [await file('small', '123'), await file('large', '12345')];
  const parse = vi.fn((text: string) => text);
  for (const path of [small, large, small, large]) await files.read(path, parse);
  expect(parse.mock.calls).toEqual([['123'], ['12345'], ['12345']]);
  await rm(small);
  await expect(files.read(small, parse)).rejects.toMatchObject({ code: 'ENOENT' });
});
