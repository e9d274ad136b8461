import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { environment, switches } from '../../e2e/support/electron-window';

/** What a start loads and starts after its first paint is there by then. */
const REST_MS = 5_000;
const START_LIMIT_MS = 30_000;
const END_LIMIT_MS = 10_000;

/** One start of a program with a window. */
export interface Start {
  /** Milliseconds from the start of the program to the largest paint, by the machine's clock: two processes share no other. */
  readonly paintMs: number;
  /** What all its processes hold; what they share is counted for each. */
  readonly megabytes: number;
}

/**
 * Starts a program as a person does, with nothing that looks at it: a debugger that is there from the beginning takes part of the
 * processors, more for a page with more files. Its page is asked when all is done.
 *
 * @param ready what the page shows then
 * @throws when no such page is there
 */
export async function oneStart(executable: string, ready: string, env: NodeJS.ProcessEnv): Promise<Start> {
  const home = mkdtempSync(join(tmpdir(), 'kanilink-bench-'));
  const began = Date.now();
  const child = spawn(executable, [...switches(home), '--remote-debugging-port=0'], {
    env: { ...environment(home), DISPLAY: env['DISPLAY'] ?? '' },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    const port = await portOf(join(home, 'kanilink', 'DevToolsActivePort'));
    await sleep(REST_MS);
    const megabytes = residentMegabytes(child.pid ?? 0);
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    try {
      const page = browser.contexts()[0]?.pages()[0];
      if (page === undefined) throw new Error('the program has no page');
      await page.locator(ready).waitFor({ timeout: START_LIMIT_MS });
      return { paintMs: (await page.evaluate(largestPaint)) - began, megabytes };
    } finally {
      await browser.close();
    }
  } finally {
    child.kill();
    const limit = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS);
    await ended;
    clearTimeout(limit);
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** When the page's largest paint was. Runs in the page. */
const largestPaint = (): Promise<number> =>
  new Promise((resolve) => {
    new PerformanceObserver((list) => {
      const last = list.getEntries().at(-1);
      if (last) resolve(performance.timeOrigin + last.startTime);
    }).observe({ type: 'largest-contentful-paint', buffered: true });
  });

/** The port that Chromium chose and wrote down. */
async function portOf(file: string): Promise<string> {
  const limit = performance.now() + START_LIMIT_MS;
  while (performance.now() < limit) {
    const port = existsSync(file) ? readFileSync(file, 'utf8').split('\n')[0] : undefined;
    if (port) return port;
    await sleep(50);
  }
  throw new Error(`nothing listens: ${file} is not there`);
}

/** What a process and all that it started hold. */
function residentMegabytes(pid: number): number {
  const rows = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const held = (of: number): number =>
    rows
      .filter(([, parent]) => parent === of)
      .reduce((sum, [child = 0]) => sum + held(child), rows.find(([own]) => own === of)?.[2] ?? 0);
  return held(pid) / 1024;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
