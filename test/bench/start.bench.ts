import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { _electron } from 'playwright';
import { expect, it } from 'vitest';
import { buildPackage, cleanCopy } from '../../build/launch/package.mjs';
import { findElectron } from '../../build/launch/electron.mjs';
import { withVirtualDisplay } from '../../build/launch/display.mjs';
import { environment, switches } from '../e2e/support/electron-window';
import { report, spread, words } from './support/compare';

/*
 * The packaged app beside an empty window of the same Electron, by turns in one run: bytes on disk, from the start of the program
 * to the largest paint of the first page, and what all its processes hold then. Both are started and asked in the same way, which
 * costs both the same: the ratio is a little nearer to 1 than without it.
 */

const RUNS = 10;
/** What a start loads and starts after its first paint is there by then. */
const REST_MS = 3_000;
const SIZE = { width: 1280, height: 800 };

const MAIN = `const { app, BrowserWindow } = require('electron');
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
void app.whenReady().then(() => {
  const window = new BrowserWindow({ ...${JSON.stringify(SIZE)}, useContentSize: true });
  void window.loadFile('index.html');
});
`;

/** One start. */
interface Start {
  /** Milliseconds from the start of the program to the largest paint, by the machine's clock: two processes share no other. */
  readonly paintMs: number;
  /** What all its processes hold; what they share is counted for each. */
  readonly megabytes: number;
}

async function start(executablePath: string, ready: string, env: NodeJS.ProcessEnv): Promise<Start> {
  const home = mkdtempSync(join(tmpdir(), 'kanilink-bench-'));
  const began = Date.now();
  const app = await _electron.launch({
    executablePath,
    args: [...switches(home)],
    env: { ...environment(home), DISPLAY: env['DISPLAY'] ?? '' },
  });
  try {
    const page = await app.firstWindow();
    await page.locator(ready).waitFor();
    const painted = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          new PerformanceObserver((list) => {
            const last = list.getEntries().at(-1);
            if (last) resolve(performance.timeOrigin + last.startTime);
          }).observe({ type: 'largest-contentful-paint', buffered: true });
        }),
    );
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
    const kilobytes = await app.evaluate(({ app: electron }) =>
      electron.getAppMetrics().reduce((sum, { memory: of }) => sum + of.workingSetSize, 0),
    );
    return { paintMs: painted - began, megabytes: kilobytes / 1024 };
  } finally {
    await app.close();
    rmSync(home, { recursive: true, force: true });
  }
}

const megabytesOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0) /
  1024 /
  1024;

/** An Electron with a window that says one word. @returns its executable */
function makeEmpty(
  folder: string,
  electron: { readonly folder: string; readonly executable: string },
): string {
  cleanCopy(electron, folder);
  const app = join(folder, 'resources', 'app');
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{ "name": "empty", "main": "main.js" }');
  writeFileSync(join(app, 'main.js'), MAIN);
  writeFileSync(join(app, 'index.html'), '<!doctype html><title>Empty</title><h1>Empty</h1>');
  return join(folder, basename(electron.executable));
}

it('size, start and memory beside an empty Electron', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kanilink-start-'));
  try {
    const electron = await findElectron();
    const built = await buildPackage(electron, { inspectable: true, output: join(folder, 'built') });
    if (built === undefined) throw new Error('nothing was packaged');
    const empty = makeEmpty(join(folder, 'empty'), electron);
    const sizes = [dirname(built.executable), dirname(empty)].map(megabytesOf);
    const [ours = 0, theirs = 1] = sizes;
    report(
      `on disk: ratio ${(ours / theirs).toFixed(2)}; ours ${ours.toFixed(0)} MB, the empty one ${theirs.toFixed(0)} MB`,
    );
    const pairs = await withVirtualDisplay(async (env) => {
      const made: [Start, Start][] = [];
      // The first of each is not counted: files are read from the disk once.
      for (let run = 0; run <= RUNS; run += 1) {
        const mine = await start(built.executable, '[data-testid="welcome-practice"]', env);
        const other = await start(empty, 'h1', env);
        if (run > 0) made.push([mine, other]);
      }
      return made;
    });
    for (const [what, unit] of [
      ['paintMs', 'ms'],
      ['megabytes', 'MB'],
    ] as const) {
      const ratio = spread(pairs.map(([mine, other]) => mine[what] / other[what]));
      const [mine, other] = [0, 1].map((at) => spread(pairs.map((pair) => pair[at === 0 ? 0 : 1][what])));
      if (!mine || !other) continue;
      report(
        `${what}: ratio ${words(ratio, 2)}; ours ${words(mine)} ${unit}, the empty one ${words(other)} ${unit}`,
      );
    }
    expect(pairs).toHaveLength(RUNS);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
