import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../build/launch/places.mjs';
import { runProgram } from './support/main-job';
import { packageOf, packagesInAsar, unpackedApp } from './support/packages';

const app = unpackedApp();
/** A fuse that is on, in the wire: its ASCII “1”. */
const ENABLED: number = '1'.charCodeAt(0);

/** What was packed, before anybody installs it. */
describe.skipIf(app === null)('the packaged app', () => {
  const { executable, resources } = app ?? { executable: '', resources: '' };
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'kanilink-app-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has the fuses that are meant', async () => {
    const wire = await getCurrentFuseWire(executable);
    const on = Object.values(FuseV1Options)
      .filter((option): option is FuseV1Options => typeof option === 'number')
      .filter((option) => wire[option] === ENABLED)
      .map((option) => FuseV1Options[option]);
    expect(on.sort()).toEqual(['EnableEmbeddedAsarIntegrityValidation', 'OnlyLoadAppFromAsar', 'RunAsNode']);
  });

  it('brings no package that its bill of materials and its licences do not name', () => {
    const bill = JSON.parse(readFileSync(packageOf('.cdx.json') ?? '', 'utf8')) as {
      components: { name: string; licenses: unknown }[];
    };
    const named = bill.components.map(({ name }) => name);
    const licences = readFileSync(join(resources, 'THIRD-PARTY-LICENSES'), 'utf8');
    const inside = packagesInAsar(join(resources, 'app.asar'));
    expect(inside).toEqual(expect.arrayContaining(['ssh2', '@photostructure/sqlite']));
    expect(inside.filter((name) => !named.includes(name))).toEqual([]);
    expect(inside.filter((name) => !licences.includes(`\n${name} `))).toEqual([]);
    expect(named).toContain('electron');
  });

  it('is the same from a second build of the same sources, elsewhere', async () => {
    const copy = join(folder, 'copy');
    mkdirSync(copy);
    const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const files = execFileSync('git', list, { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
    for (const file of files) cpSync(join(ROOT, file), join(copy, file), { recursive: true });
    // No symbolic link: what is bundled notes where it really lies, as a path from the sources.
    await runProgram('cp', ['-al', join(ROOT, 'node_modules'), copy], process.env);
    const program = join(import.meta.dirname, 'support', 'build-again.mjs');
    const { code, stdout, stderr } = await runProgram(process.execPath, [program, copy], process.env);
    expect(code, stdout + stderr).toBe(0);
    const again = join(copy, 'dist', 'linux-unpacked', 'resources', 'app.asar');
    expect(sumOf(again)).toBe(sumOf(join(resources, 'app.asar')));
  });

  it('does not run what NODE_OPTIONS names', async () => {
    const mark = join(folder, 'mark');
    const other = join(folder, 'other.cjs');
    writeFileSync(other, `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '')`);
    const env = { PATH: process.env['PATH'], HOME: folder, NODE_OPTIONS: `--require=${other}` };
    const { code } = await runProgram(join(resources, 'kanilink'), ['--version'], env);
    expect(code).toBe(0);
    expect(existsSync(mark)).toBe(false);
  });
});

const sumOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
