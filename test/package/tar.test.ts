import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { chromium } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../build/launch/places.mjs';
import { MainWindow } from '../e2e/pages/main-window';
import { environment, switches } from '../e2e/support/electron-window';
import { until } from '../e2e/support/until';
import { runProgram } from './support/main-job';
import { packageOf, packedVersion } from './support/packages';
import { bashOffers } from './support/shells';

const archive = packageOf('.tar.gz');
const deb = packageOf('.deb');
const { version } = packedVersion();
const START_LIMIT_MS = 60_000;

/** Unpacked and started where it lies, as somebody does whose system has neither deb nor rpm. */
describe.skipIf(archive === null)('the archive', () => {
  let folder: string;
  const inside = (...parts: string[]): string => join(folder, `kanilink-${version}`, ...parts);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kanilink-tar-'));
    execFileSync('tar', ['-xzf', archive ?? '', '-C', folder]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

  it('is one folder, with the command line in it', async () => {
    expect(readdirSync(folder)).toEqual([`kanilink-${version}`]);
    expect(readFileSync(inside('resources', 'LICENSE'))).toEqual(readFileSync(join(ROOT, 'LICENSE')));
    const env = { PATH: process.env['PATH'], HOME: folder };
    const called = await runProgram(inside('resources', 'kanilink'), ['--version'], env);
    expect(called).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('has what a system looks for, as its own packages have it', async () => {
    const share = inside('share');
    expect(filesBelow(share).filter((path) => !path.startsWith('icons/'))).toEqual(
      [
        'applications/kanilink.desktop',
        'bash-completion/completions/kanilink',
        ...readdirSync(join(ROOT, 'docs', 'watching')).map((name) => `doc/kanilink/watching/${name}`),
        'fish/vendor_completions.d/kanilink.fish',
        'man/man1/kanilink.1.gz',
        'mime/packages/kanilink.xml',
        'zsh/site-functions/_kanilink',
      ].sort(),
    );
    expect(filesBelow(share).filter((path) => path.endsWith('/apps/kanilink.png')).length).toBeGreaterThan(4);
    expect(gunzipSync(readFileSync(join(share, 'man', 'man1', 'kanilink.1.gz'))).toString()).toContain(
      '.SS apply',
    );
    const env = { PATH: process.env['PATH'], HOME: folder };
    const bash = join(share, 'bash-completion', 'completions', 'kanilink');
    expect(await bashOffers(bash, ['kanilink', 'pl'], env)).toEqual(['plan']);
    if (deb === null) return;
    const installed = join(folder, 'deb');
    mkdirSync(installed);
    execFileSync('sh', ['-c', 'dpkg-deb --fsys-tarfile "$0" | tar -xC "$1" ./usr', deb, installed]);
    for (const path of filesBelow(share)) {
      const there = path.replace('zsh/site-functions', 'zsh/vendor-completions');
      const [here, inDeb] = [join(share, path), join(installed, 'usr', 'share', there)].map((it) =>
        readFileSync(it, 'latin1').trimEnd(),
      );
      expect(here, path).toBe(inDeb);
    }
  });

  it('is put into the menu by the lines of the guide', async () => {
    const home = mkdtempSync(join(folder, 'home-'));
    const guide = readFileSync(join(ROOT, 'docs', 'guide.md'), 'utf8');
    const [, lines = ''] = /^```sh\n([^`]*~\/\.local\/share[^`]*)^```$/m.exec(guide) ?? [];
    const env = { PATH: process.env['PATH'], HOME: home };
    const { code, stderr } = await runProgram('sh', ['-ec', `cd "${inside()}"\n${lines}`], env);
    expect(code, stderr).toBe(0);
    const entry = readFileSync(join(home, '.local/share/applications/kanilink.desktop'), 'utf8');
    expect(/^Exec=(.*)$/m.exec(entry)?.[1]).toBe(`"${inside('kanilink')}" %U`);
    const called = await runProgram(join(home, '.local', 'bin', 'kanilink'), ['--version'], env);
    expect(called).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('opens the window, its engine, and a practice fleet', async () => {
    const home = mkdtempSync(join(folder, 'home-'));
    const argv = [...switches(home), '--remote-debugging-port=0'];
    const child = spawn(inside('kanilink'), argv, { env: environment(home), stdio: 'ignore' });
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    try {
      const portFile = join(home, 'kanilink', 'DevToolsActivePort');
      const port = await until(
        'the app says where it is reached',
        () => existsSync(portFile) && readFileSync(portFile, 'utf8').split('\n')[0],
        START_LIMIT_MS,
      );
      const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
      const page = await until(
        'the window is there',
        () => browser.contexts().flatMap((context) => context.pages())[0],
        START_LIMIT_MS,
      );
      page.setDefaultTimeout(START_LIMIT_MS);
      await page.getByTestId('welcome-practice').click();
      await new MainWindow(page).canvas.server('idm-b').waitFor();
      await browser.close();
    } finally {
      // As a session that ends does: the engine and the practice fleet end with it.
      child.kill('SIGTERM');
      await gone;
    }
  });
});

/** Every file below a folder, sorted, by its path in it. */
const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
