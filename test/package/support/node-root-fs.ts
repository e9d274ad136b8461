import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { librariesOf } from '../../real/docker/support/image';

/** Makes a root file system with this Node and its libraries, no shell, no tools. @returns its tar, in `folder`. */
export function nodeRootFs(folder: string): string {
  const root = join(folder, 'root');
  const files = [
    [process.execPath, '/bin/node'],
    ...librariesOf(process.execPath).map((path) => [path, path]),
  ];
  for (const [from = '', to = ''] of files) {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    cpSync(from, join(root, to), { dereference: true });
  }
  mkdirSync(join(root, 'tmp'), { mode: 0o1777 });
  const tar = join(folder, 'node.tar');
  execFileSync('tar', ['-C', root, '-cf', tar, '.']);
  return tar;
}
