import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ownVersion } from './own-version';
import { inOwnFolder } from '../../../test/support/own-folder';

let root: string;
inOwnFolder('version', (made) => (root = made));
const write = (folder: string, manifest: object): void => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
};

it.each([['lib'], [join('out', 'main')]])('is that of the package around %s', (folder) => {
  write(root, { name: 'kanilink', version: '1.2.3+fallback.electron.33.2.1' });
  expect(ownVersion(join(root, folder))).toBe('1.2.3+fallback.electron.33.2.1');
});

it('is not another package’s', () => {
  write(root, { name: 'kanilink', version: '1.2.3' });
  write(join(root, 'out'), { name: 'other', version: '9.9.9' });
  expect(ownVersion(join(root, 'out', 'main'))).toBe('1.2.3');
  rmSync(join(root, 'package.json'));
  expect(() => ownVersion(join(root, 'out', 'main'))).toThrow('no package.json');
});
