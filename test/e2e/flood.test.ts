import { readFileSync } from 'node:fs';
import type { ElectronApplication, Locator, Page } from 'playwright';
import { expect, it } from 'vitest';
import { CHANNEL } from '../../electron/app/channel';
import { report } from '../bench/support/compare';
import type { MainWindow } from './pages/main-window';
import { floods } from './support/flood';
import { type FrameGaps, measureFrames } from './support/frames';
import { openRawStream } from './support/raw-stream';
import { open, practise } from './support/session';
import { until } from './support/until';

const RATE = 50_000;
const SECONDS = 4;
const ALL = RATE * SECONDS;
/** Of the page's own heap and of the engine's process, megabytes: a flood of any length takes no more. */
const MOST_HEAP_MB = 400;
const MOST_ENGINE_MB = 700;

it('a flood of 50,000 lines a second leaves the window answering, and it says how many lines it does not show', async () => {
  const { fleet } = await practise();
  const { window, electron } = await open({ fleet: fleet.fleet });
  const { page } = window;
  await window.untilServer('idm-a', 'running', 30_000);
  await window.openTab('Logs');
  await page.getByLabel('Which lines').selectOption('all');
  const question = { path: fleet.fleet, text: readFileSync(fleet.fleet, 'utf8') };
  // A window that takes one batch and no more: the engine waits for it, and holds no more than its bound.
  const slow = await openRawStream(page, 'logs', { fleet: question }, 1);
  await until('it has its batch', async () => (await slow.got()).batches === 1, 30_000);

  const frames = await measureFrames(page);
  const flood = floods(fleet.machine('idm-a'), RATE, SECONDS);
  for (let turn = 0; turn < 3; turn += 1) await throughTabs(window);
  const took = await flood;
  await until(
    'the last line is shown',
    async () => (await window.logs.getByText(`flood line ${ALL - 1} `).count()) > 0,
    120_000,
  );
  const gaps = await frames.end();
  const held = Number(await window.logs.getAttribute('data-held'));
  const passed = await numberIn(page.getByTestId('log-passed'));
  const heap = await heapOf(page);
  const engine = await electron.app.evaluate(({ app }) =>
    Math.max(
      ...app
        .getAppMetrics()
        .filter(({ type }) => type === 'Utility')
        .map(({ memory }) => memory.workingSetSize / 1000),
    ),
  );
  report(
    `flood, ${ALL} lines written in ${(took / 1000).toFixed(1)} s: ${held} held, ${passed} said not to be here`,
  );
  tellFrames('of a server', gaps);
  report(`flood, memory: ${heap.toFixed(0)} MB of the page's heap, ${engine.toFixed(0)} MB of the engine`);
  // Every line is held, or said not to be.
  expect(held + passed).toBeGreaterThanOrEqual(ALL);
  expect(heap).toBeLessThan(MOST_HEAP_MB);
  expect(engine).toBeLessThan(MOST_ENGINE_MB);

  expect(await slow.got()).toMatchObject({ batches: 1 });
  await slow.grant(1000);
  const caught = await until(
    'the slow one has the last line',
    async () => {
      const got = await slow.got();
      return got.texts.some((text) => text.includes(`flood line ${ALL - 1} `)) ? got : null;
    },
    60_000,
  );
  const said = caught.texts.filter((text) => text.includes('came faster than they could be read'));
  expect(said.length).toBeGreaterThan(0);
  expect(said.reduce((sum, text) => sum + linesIn(text), 0) + caught.texts.length).toBeGreaterThanOrEqual(
    ALL,
  );
  await slow.close();
  expect(electron.said.filter((line) => line.startsWith('page:'))).toEqual([]);
});

it('lines that reach the window at 50,000 a second are shown as far as they can be, and the rest is counted', async () => {
  const { fleet } = await practise();
  const { window, electron } = await open({ fleet: fleet.fleet });
  const { page } = window;
  await window.untilServer('idm-a', 'running', 30_000);
  await window.openTab('Logs');
  await page.getByLabel('Which lines').selectOption('all');
  const id = await logStreamOf(window, electron.app);
  const before = Number(await window.logs.getAttribute('data-held'));
  const frames = await measureFrames(page);
  // As the app passes them on, with no engine that could be slower than this.
  const flood = electron.app.evaluate(
    async ({ BrowserWindow }, { channel, stream, rate, seconds }) => {
      const [page] = BrowserWindow.getAllWindows();
      const [began, once] = [Date.now(), rate / 50];
      for (let first = 0; first < rate * seconds; first += once) {
        await new Promise((resolve) => setTimeout(resolve, began + (first / rate) * 1000 - Date.now()));
        const items = Array.from({ length: once }, (_, n) => ({
          ...{ key: `flood;${first + n}`, at: (began + (first + n) / 50) * 1000, offset: 0, server: 'idm-a' },
          ...{ group: null, bootstrap: null, level: 'info', meaning: '', pull: null },
          raw: `00000000-0000-4000-8000-000000000000 INFO     ｉ [info]: flood line ${first + n} of them`,
        }));
        page?.webContents.send(channel, { kind: 'items', id: stream, items });
      }
      return Date.now() - began;
    },
    { channel: CHANNEL, stream: id, rate: RATE, seconds: SECONDS },
  );
  for (let turn = 0; turn < 3; turn += 1) await throughTabs(window);
  const took = await flood;
  await window.logs
    .getByText(`flood line ${ALL - 1} `)
    .first()
    .waitFor({ timeout: 120_000 });
  tellFrames('at the window', await frames.end());
  const held = Number(await window.logs.getAttribute('data-held'));
  const passed = await numberIn(page.getByTestId('log-passed'));
  report(
    `flood at the window, ${ALL} lines in ${(took / 1000).toFixed(1)} s: ${held - before} held, ${passed} passed over, ${(await heapOf(page)).toFixed(0)} MB of its heap`,
  );
  expect(held - before + passed).toBeGreaterThanOrEqual(ALL);
  expect(await heapOf(page)).toBeLessThan(MOST_HEAP_MB);
});

/** The window's own stream of logs. “Check” has it opened again; what comes of the one before it is nobody's. */
async function logStreamOf({ page }: MainWindow, app: ElectronApplication): Promise<string> {
  await app.evaluate(({ ipcMain }, channel) => {
    const opened = new Promise<string>((resolve) => {
      ipcMain.on(channel, (_event, { kind, name, id }: { kind: string; name?: string; id: string }) => {
        if (kind === 'open' && name === 'logs') resolve(id);
      });
    });
    Object.assign(globalThis, { opened });
  }, CHANNEL);
  await page.getByTestId('check').click();
  return app.evaluate(() => (globalThis as unknown as { opened: Promise<string> }).opened);
}

/** Whoever uses the window meanwhile is answered. */
async function throughTabs(window: MainWindow): Promise<void> {
  await window.openTab('History');
  await window.page.getByTestId('history-charts').waitFor();
  await window.openTab('Problems');
  await window.page.getByRole('tabpanel', { name: 'Problems' }).waitFor();
  await window.openTab('Logs');
  await window.logs.waitFor();
}

const tellFrames = (where: string, gaps: FrameGaps): void =>
  report(
    `flood ${where}, pictures: ${gaps.count} in ${(gaps.totalMs / 1000).toFixed(1)} s, median ${gaps.median.toFixed(0)} ms apart, 99th of 100 ${gaps.late.toFixed(0)} ms, longest ${gaps.longest.toFixed(0)} ms`,
  );

const heapOf = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const { memory } = performance as unknown as { memory: { usedJSHeapSize: number } };
    return memory.usedJSHeapSize / 1e6;
  });

/** Of "N lines came faster than …". */
const linesIn = (text: string): number =>
  Number(/([\d,]+) lines came/.exec(text)?.[1]?.replaceAll(',', '') ?? 0);

async function numberIn(place: Locator): Promise<number> {
  return (await place.count()) === 0 ? 0 : linesIn(await place.innerText());
}
