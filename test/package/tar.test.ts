import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../build/launch/places.mjs';
import { MainWindow } from '../e2e/pages/main-window';
import { environment, switches } from '../e2e/support/electron-window';
import { until } from '../e2e/support/until';
import { runProgram } from './support/main-job';
import { packageOf, packedVersion } from './support/packages';

const archive = packageOf('.tar.gz');
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
