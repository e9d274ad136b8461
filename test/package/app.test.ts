import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALLOW_FALLBACK } from '../../build/launch/package.mjs';
import { ROOT } from '../../build/launch/places.mjs';
import { PROGRAM_SWITCH, WITHOUT_A_WINDOW } from '../../electron/engine/base/own-program';
import { runProgram, startPractice } from './support/main-job';
import { filesOfAsar, packageOf, packagesInAsar, packedVersion, unpackedApp } from './support/packages';

const { version, marked } = packedVersion();
const app = unpackedApp();
/** SQLite's native part for this machine. */
const NATIVE = `node_modules/@photostructure/sqlite/prebuilds/${process.platform}-${process.arch}/@photostructure+sqlite.glibc.node`;
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
    expect(on.sort()).toEqual(['EnableEmbeddedAsarIntegrityValidation', 'OnlyLoadAppFromAsar']);
  });

  it.skipIf(!marked)(
    'with the fallback Electron is refused without the flag, and says what it is with it',
    async () => {
      const launcher = join(ROOT, 'build', 'launch.mjs');
      const refused = await runProgram(process.execPath, [launcher, 'package'], process.env);
      expect(refused.code).not.toBe(0);
      expect(refused.stdout + refused.stderr).toContain(`add ${ALLOW_FALLBACK}`);
      const bill = JSON.parse(readFileSync(packageOf('.cdx.json') ?? '', 'utf8')) as {
        metadata: { component: { version: string } };
      };
      expect(bill.metadata.component.version).toBe(version);
      expect(version).toMatch(/\+fallback\.electron\.[0-9.]+$/);
      expect(packageOf('.deb') ?? version).toContain(version);
    },
  );

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

  it('has nothing outside its archive but what the system loads, and nothing that was built on this machine', () => {
    const beside = readdirSync(join(resources, 'app.asar.unpacked'), { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(join(resources, 'app.asar.unpacked'), join(entry.parentPath, entry.name)));
    expect(beside).toEqual([NATIVE]);
    const files = filesOfAsar(join(resources, 'app.asar'));
    expect(files.beside).toEqual([NATIVE]);
    expect(files.inside).toContain('node_modules/@photostructure/sqlite/dist/index.cjs');
    // What `npm ci` builds is in folders of that name, and is for Node.
    expect(files.inside.filter((path) => /\.node$|(?:^|\/)build\//.test(path))).toEqual([]);
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

  /** Nothing of the person who runs the tests: no display, no bus. */
  const bare = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], HOME: folder });
  /** A script that leaves a mark when it is run. */
  const marking = (): { readonly other: string; readonly mark: string } => {
    const mark = join(folder, 'mark');
    const other = join(folder, 'other.cjs');
    writeFileSync(other, `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '')`);
    return { other, mark };
  };

  it('does not run what NODE_OPTIONS names', async () => {
    const { other, mark } = marking();
    const env = { ...bare(), NODE_OPTIONS: `--require=${other}` };
    const { code } = await runProgram(join(resources, 'kanilink'), ['--version'], env);
    expect(code).toBe(0);
    expect(existsSync(mark)).toBe(false);
  });

  it('is no Node, and runs no program but its own', async () => {
    const { other, mark } = marking();
    const asNode = { ...bare(), ELECTRON_RUN_AS_NODE: '1' };
    await runProgram(executable, [...WITHOUT_A_WINDOW, `${PROGRAM_SWITCH}${other}`, '--', other], asNode);
    const { code, stderr } = await runProgram(
      executable,
      [...WITHOUT_A_WINDOW, `${PROGRAM_SWITCH}x`],
      asNode,
    );
    expect(code).toBe(64);
    expect(stderr).toMatch(/^kanilink: it has no such program/);
    expect(existsSync(mark)).toBe(false);
  });

  const kanilink = (...words: string[]) => runProgram(join(resources, 'kanilink'), words, bare());

  it('ends a command with its own words and exit code, and keeps nothing', async () => {
    for (let run = 0; run < 10; run += 1) {
      expect(await kanilink('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    }
    const wrong = await kanilink('plot', '--no-sandbox', '--user-data-dir=/', '--help');
    expect(wrong).toMatchObject({ code: 64, stdout: '' });
    expect(wrong.stderr.split('\n')[0]).toBe('kanilink: there is no command "plot"');
    expect(existsSync(join(folder, '.config'))).toBe(false);
    const unread = await kanilink('plan', join(folder, 'none.toml'), '--json');
    expect(unread).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(unread.stdout)).toMatchObject({ changes: false });
  });

  it('has the terminal to itself: colours where it is one', async () => {
    // A pseudo-terminal of util-linux; what it shows is what a person sees.
    const program = join(resources, 'kanilink');
    const fleet = join(folder, 'empty.toml');
    writeFileSync(fleet, 'version = 1\nname = "Empty"\n');
    const shown = await runProgram('script', ['-qec', `"${program}" check "${fleet}"`, '/dev/null'], bare());
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('\u001B[');
    const piped = await kanilink('check', fleet);
    expect(piped.stdout).not.toContain('\u001B[');
  });

  it('ends a practice fleet at Ctrl-C, with all its programs', async () => {
    const practice = await startPractice(join(resources, 'kanilink'), ['practice'], bare());
    const running = (): readonly string[] =>
      readdirSync('/proc').filter((pid) => {
        try {
          return readlinkSync(`/proc/${pid}/exe`) === executable;
        } catch {
          return false;
        }
      });
    // The command line, the host, and two servers; nothing of Chromium's.
    expect(running()).toHaveLength(4);
    expect(await practice.end()).toBe(0);
    expect(running()).toEqual([]);
    expect(existsSync(practice.fleet)).toBe(false);
  });
});

const sumOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
