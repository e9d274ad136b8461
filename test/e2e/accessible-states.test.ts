import type { Locator, Page } from 'playwright';
import { expect, it } from 'vitest';
import { resize } from './support/electron-window';
import { Looks } from './support/looks';
import { untilReplicating } from './support/replication';
import { open, practise } from './support/session';
import { reviewAndDeploy, ROUNDS_LIMIT_MS } from './support/story';
import { until } from './support/until';

const LIMIT_MS = 30_000;

/** Each corner of it is in the window, and nothing lies over it. */
const isWhole = (part: Locator): Promise<boolean> =>
  part.evaluate((it) => {
    const { left, right, top, bottom } = it.getBoundingClientRect();
    return (
      left >= 0 &&
      top >= 0 &&
      right <= innerWidth &&
      bottom <= innerHeight &&
      it.scrollHeight <= it.clientHeight
    );
  });

/** How much of the page may show one sign for several characters of a diff or a log. */
const ligatures = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      [...document.body.querySelectorAll('*')].filter(
        (one) => getComputedStyle(one).fontVariantLigatures !== 'none',
      ).length,
  );

it('no state of an ordinary day has a mistake for who reads it by screen reader, keyboard or in large letters', async () => {
  const looks = new Looks('ordinary day');
  const { fleet, servers } = await practise({ replication: () => true });
  const { window, electron } = await open({ fleet: fleet.fleet });
  const { page } = window;
  for (const id of ['idm-a', 'idm-b']) await window.untilServer(id, 'running', LIMIT_MS);
  await window.servers.select('idm-a');
  await window.servers.row('idm-b').click({ modifiers: ['Control'] });
  await page.getByRole('button', { name: /^Pair them/ }).waitFor();
  await looks.at(page, 'Inspector', 'two servers');
  await window.canvas.drag('idm-a', 'idm-b');
  await window.pairDialog.readData();
  await looks.at(page, 'PairDialog', 'data read');
  await window.pairDialog.pair('idm-a');
  await reviewAndDeploy(window, ['idm-b']);
  await untilReplicating(servers, ROUNDS_LIMIT_MS);
  await window.canvas.untilHealth('idm-a', 'idm-b', 'replicating', ROUNDS_LIMIT_MS);

  // All that is known of it is whole within the window, wherever the link is.
  await resize(electron.app, 900, 560);
  await window.servers.select('idm-a');
  await window.canvas.link('idm-a', 'idm-b').hover();
  const card = page.getByTestId('link-card');
  await card.waitFor();
  await until('the card is whole', () => isWhole(card), LIMIT_MS);
  await page.mouse.move(0, 0);
  await card.waitFor({ state: 'detached' });
  await resize(electron.app, 1280, 800);

  await window.canvas.link('idm-a', 'idm-b').click();
  await page.getByTestId('compare').click();
  await window.linkInspector.getByText(/^compared/).waitFor({ timeout: LIMIT_MS });
  await looks.at(page, 'LinkInspector', 'compared');
  await window.openTab('History');
  await page.locator('[data-past] summary').first().click();
  await looks.at(page, 'HistoryTab', 'a deploy unfolded');
  expect(await ligatures(page)).toBe(0);
  await page.getByTestId('change-bound').click();
  await page.getByTestId('bound-dialog').getByLabel('Days').fill('0');
  await page.keyboard.press('Enter');
  await page.getByTestId('bound-dialog').getByRole('alert').waitFor();
  await looks.at(page, 'BoundDialog');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Throw it away' }).click();
  await page.getByTestId('bound-dialog').waitFor({ state: 'detached' });
  await window.openTab('Logs');
  await window.logs.locator('[data-item]').first().click();
  await window.logs.locator('[data-item][aria-expanded="true"]').waitFor();
  await looks.at(page, 'LogsTab', 'a line unfolded');
  expect(await ligatures(page)).toBe(0);
  await page.getByLabel('Filter the log by text').fill('no such line');
  await window.logs.getByText('No line matches').waitFor();
  await looks.at(page, 'LogsTab', 'no line matches');
  await page.getByTestId('clear-filters').click();
  const folds = ['fold-fleet', 'fold-inspector', 'fold-details'] as const;
  for (const part of folds) await page.getByTestId(part).click();
  await looks.at(page, 'BottomPanel', 'all folded');
  for (const part of folds) await page.getByTestId(part).click();

  await fleet.machine('idm-b').stopKanidmd();
  await window.untilServer('idm-b', 'stopped', ROUNDS_LIMIT_MS);
  await window.openTab('Problems');
  const folded = page.locator('article[data-entry="server-stopped"] details summary');
  await folded.first().waitFor({ timeout: LIMIT_MS });
  for (const one of await folded.all()) await one.click();
  await looks.at(page, 'ProblemsTab', 'a server is stopped');
  await window.servers.select('idm-b');
  // What it said while it ran is told, as that.
  await window.servers.inspector.getByText(/^When it last ran, its domain was idm\.localhost, /).waitFor();
  await window.servers.inspector.getByText(/When it last ran it showed one until /).waitFor();
  await looks.at(page, 'ServerInspector', 'stopped');
  await window.canvas.untilHealth('idm-a', 'idm-b', 'broken', ROUNDS_LIMIT_MS);
  await window.canvas.link('idm-a', 'idm-b').click();
  await looks.at(page, 'LinkInspector', 'broken');
  looks.end();
}, 400_000);
