import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright';
import { expect, it } from 'vitest';
import { OUT } from '../../build/launch/places.mjs';
import type { MainWindow } from './pages/main-window';
import { chooseFile, type ElectronWindow } from './support/electron-window';
import { Looks } from './support/looks';
import { untilReplicating } from './support/replication';
import { open, practise } from './support/session';
import { pair, reviewAndDeploy, ROUNDS_LIMIT_MS } from './support/story';
import { until } from './support/until';

/** A chart of an hour has columns of ten seconds, two pixels wide; kanidmd is away for some of them. Milliseconds. */
const AWAY_MS = 45_000;

it('what happened at a moment is told from the chart, by keyboard and by pointer', async () => {
  const { fleet, servers } = await practise({ replication: () => true });
  const { electron, window } = await open({ fleet: fleet.fleet, size: { width: 1280, height: 1000 } });
  const { page } = window;
  await pair(window, 'idm-a', 'idm-b', 'idm-a');
  await reviewAndDeploy(window, ['idm-b']);
  await untilReplicating(servers, ROUNDS_LIMIT_MS);
  await window.canvas.untilHealth('idm-a', 'idm-b', 'replicating', ROUNDS_LIMIT_MS);
  await fleet.machine('idm-b').stopKanidmd();
  await window.untilServer('idm-b', 'stopped', 30_000);
  await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
  await fleet.machine('idm-b').startKanidmd();
  await window.untilServer('idm-b', 'running', 30_000);
  await window.canvas.untilHealth('idm-a', 'idm-b', 'replicating', ROUNDS_LIMIT_MS);

  // How far behind, asked once: a point of its own in the history.
  await window.canvas.link('idm-a', 'idm-b').click();
  await page.getByTestId('how-far-behind').click();
  const behind = page.getByTestId('behind-dialog');
  await behind.getByTestId('behind-ask').click();
  // What the watch read is shown before; this is what was asked for.
  await behind.getByRole('button', { name: 'Read again' }).waitFor({ timeout: 30_000 });
  await behind.locator('[data-behind="idm-b ← idm-a"]').waitFor();
  await behind.getByRole('button', { name: 'Close' }).last().click();

  await window.openTab('History');
  const plot = page.getByTestId('history-plot');
  await plot.waitFor();
  // The newest is read again now and then: until the whole story is in it.
  await page.getByText('What happened', { exact: true }).click();
  await page.getByText('kanidmd started on idm-b').nth(1).waitFor({ timeout: 60_000 });

  await page.getByLabel('Chart of').selectOption('changes');
  await page.getByText('between two points nothing is').waitFor();
  await page.getByText('As a table', { exact: true }).click();
  const read = page.getByTestId('history-table').getByText(/^(no change|\d+ changes?, the oldest .* old)$/);
  await expect.poll(() => read.count(), { timeout: 30_000 }).toBeGreaterThanOrEqual(2);
  await plot.scrollIntoViewIfNeeded();
  await picture(page, 'lag', plot);
  const looks = new Looks('what happened');
  await looks.at(page, 'HistoryColumns');
  await page.getByText('As a table', { exact: true }).click();
  await page.getByLabel('Chart of').selectOption('age');
  await isSaved(window, electron);

  // By keyboard: back from the end to where it was not well.
  await plot.focus();
  await page.keyboard.press('End');
  const says = () => plot.getAttribute('aria-valuetext');
  const there = page.getByTestId('at-moment');
  const healthThen = there.getByTestId('moment-health');
  // A pull may be broken for longer than its server is stopped. The column before the last one of the stop has one of it
  // on either side: the pointer is no finer than that.
  let stopped = 0;
  await until(
    'the moment is one at which the server was stopped',
    async () => {
      if (/broken/.test((await says()) ?? '')) {
        await page.keyboard.press('Enter');
        await healthThen.getByText(/^idm-b (stopped|running|unreachable|unknown|not watched)$/).waitFor();
        stopped += await healthThen.getByText('idm-b stopped', { exact: true }).count();
        if (stopped === 2) return true;
        await page.getByTestId('moment-close').click();
        await there.waitFor({ state: 'detached' });
      }
      await page.keyboard.press('ArrowLeft');
      return false;
    },
    60_000,
  );
  await tellsTheStop(page);
  // It stays while another view is looked at.
  await window.openTab('Logs');
  await page.getByTestId('at-moment').waitFor({ state: 'detached' });
  await window.openTab('History');
  await page.getByTestId('at-moment').waitFor();
  const byKey = await page.getByTestId('at-moment').getByRole('heading', { level: 3 }).innerText();
  await picture(page, 'moment-by-keyboard');
  await looks.at(page, 'AtMoment', 'a stop');

  // Closed, keys are the chart's again; by pointer, where the cursor is.
  await page.getByTestId('moment-close').click();
  await page.getByTestId('at-moment').waitFor({ state: 'detached' });
  expect(await plot.evaluate((it) => it === document.activeElement)).toBe(true);
  await plot.scrollIntoViewIfNeeded();
  const cursor = await page.locator('[data-testid="history-plot"] .cursor').boundingBox();
  if (cursor === null) throw new Error('there is no cursor');
  await page.mouse.click(cursor.x, cursor.y + 40);
  await tellsTheStop(page);
  await picture(page, 'moment-by-pointer');
  const byPointer = await page.getByTestId('at-moment').getByRole('heading', { level: 3 }).innerText();
  expect(byPointer.split(', ')[0]).toBe(byKey.split(', ')[0]);

  // A moment before the fleet was watched: nothing is claimed of it.
  await plot.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  const moment = page.getByTestId('at-moment');
  await healthThen.getByText('idm-b not watched', { exact: true }).waitFor();
  await moment.getByTestId('moment-no-lines').waitFor();
  await moment.getByText('Nothing that was noticed.').waitFor();
  await looks.at(page, 'AtMoment', 'not watched');
  looks.end();
});

/** The moment at which kanidmd of idm-b was stopped. */
async function tellsTheStop(page: Page): Promise<void> {
  const moment = page.getByTestId('at-moment');
  const health = moment.getByTestId('moment-health');
  await expect.poll(() => inSight(moment)).toBe(true);
  await health.getByText('idm-b stopped', { exact: true }).waitFor();
  await health.getByText('idm-a running', { exact: true }).waitFor();
  await health.getByText(/idm-b ← idm-a (broken|unknown)/).waitFor();
  await moment.locator('ol').first().getByText('idm-b is stopped').first().waitFor();
  await moment.locator('ol').first().getByText('kanidmd started on idm-b').last().waitFor();
  await moment.getByLabel('all lines').check();
  const lines = moment.locator('.lines li');
  await until(
    'lines of both servers are there',
    async () => {
      const all = (await lines.allInnerTexts()).join('\n');
      return all.includes('idm-a') && all.includes('idm-b') && /Starting Kanidm/i.test(all);
    },
    30_000,
  );
  // Where the moment lies among them.
  await lines.and(page.locator('.now')).waitFor();
}

/** Its heading is on the page without scrolling. */
const inSight = (moment: Locator): Promise<boolean> =>
  moment.getByRole('heading', { level: 3 }).evaluate((heading) => {
    const { left, top } = heading.getBoundingClientRect();
    return heading.contains(document.elementFromPoint(left + 2, top + 2));
  });

/** The chart as a picture that tells what it shows, and its numbers with the names of what they are. */
async function isSaved({ page }: MainWindow, { app, home }: ElectronWindow): Promise<void> {
  const png = join(home, 'history.png');
  await chooseFile(app, png);
  await page.getByRole('button', { name: 'Save PNG…' }).click();
  await until('the picture is there', () => Promise.resolve(existsSync(png)), 10_000);
  const bytes = readFileSync(png);
  expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
  const drawn = await page
    .getByTestId('history-plot')
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement) => [canvas.width, canvas.height]);
  // A title, and a line for each of two pulls and for the signs.
  expect(bytes.readUInt32BE(16)).toBeGreaterThan(drawn[0] ?? 0);
  expect(bytes.readUInt32BE(20)).toBeGreaterThan((drawn[1] ?? 0) + 4 * 18);
  mkdirSync(join(OUT, 'e2e'), { recursive: true });
  writeFileSync(join(OUT, 'e2e', 'history.png'), bytes);
  const csv = join(home, 'history.csv');
  await chooseFile(app, csv);
  await page.getByRole('button', { name: 'Save CSV…' }).click();
  await until('the numbers are there', () => Promise.resolve(existsSync(csv)), 10_000);
  expect(readFileSync(csv, 'utf8')).toMatch(/Z,\d+,[\d.]+,idm-b,idm-a,/);
}

/** For a person to look at: under `out`, which no commit has. */
async function picture(page: Page, name: string, of = page.getByTestId('at-moment')): Promise<void> {
  const folder = join(OUT, 'e2e');
  mkdirSync(folder, { recursive: true });
  await of.evaluate((it) => it.scrollIntoView({ block: 'start' }));
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
