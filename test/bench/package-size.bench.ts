import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { expect, it } from 'vitest';
import { findElectron } from '../../build/launch/electron.mjs';
import { buildPackage, packagesHere } from '../../build/launch/package.mjs';
import { report } from './support/compare';
import { makeEmpty, megabytesIn, megabytesOf } from './support/empty-electron';

/*
 * What people download, and what it takes on the disk, beside an empty window of the same Electron. Ours is packed as it is given
 * away; the empty one's deb and archive are packed by the same programs with the same settings. An rpm has no counterpart.
 */

it('packages, and what they install, beside an empty Electron', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kanilink-size-'));
  try {
    const electron = await findElectron();
    const output = join(folder, 'built');
    const built = await buildPackage(electron, { inspectable: false, output, targets: packagesHere() });
    if (built === undefined) throw new Error('nothing was packaged');
    const root = join(folder, 'root');
    const empty = join(root, 'opt', 'Empty');
    makeEmpty(empty, electron);
    compareSizes('installed', megabytesIn(dirname(built.executable)), megabytesIn(empty));
    const packed = readdirSync(output).filter((name) => /\.(?:deb|rpm|gz)$/.test(name));
    const theirs = packEmpty(folder, root);
    for (const name of packed) {
      const kind = extname(name);
      const ours = megabytesOf(join(output, name));
      const other = theirs[kind];
      if (other === undefined) report(`download ${kind}: ${ours.toFixed(1)} MB`);
      else compareSizes(`download ${kind}`, ours, megabytesOf(other));
    }
    expect(packed).not.toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function compareSizes(what: string, ours: number, theirs: number): void {
  const ratio = (ours / theirs).toFixed(2);
  report(`${what}: ratio ${ratio}; ours ${ours.toFixed(1)} MB, the empty one ${theirs.toFixed(1)} MB`);
}

/** @returns the packages of the empty one, by how their names end */
function packEmpty(folder: string, root: string): Readonly<Record<string, string>> {
  mkdirSync(join(root, 'DEBIAN'));
  const fields = ['Package: empty', 'Version: 1', 'Architecture: amd64', 'Maintainer: nobody <n@localhost>'];
  writeFileSync(join(root, 'DEBIAN', 'control'), [...fields, 'Description: empty', ''].join('\n'));
  const deb = join(folder, 'empty.deb');
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', root, deb], { stdio: 'ignore' });
  const archive = join(folder, 'empty.tar.gz');
  execFileSync('tar', ['-C', join(root, 'opt'), '-czf', archive, 'Empty']);
  return { '.deb': deb, '.gz': archive };
}
