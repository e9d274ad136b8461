import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { press, untilFocused } from './support/keyboard';
import { open, practise } from './support/session';
import { pair } from './support/story';

const LIMIT_MS = 30_000;

/** Waits until something within a part of the window has the focus, and is seen to have it. */
const untilIn = (page: Page, part: string): Promise<boolean> => untilFocused(page, `${part} *`);
const has = (page: Page, selector: string): Promise<boolean> =>
  page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector);

it('what is pressed by keyboard and goes away leaves the focus beside it, never on the page', async () => {
  const { fleet } = await practise({ replication: () => true, linked: true });
  const { window } = await open({ fleet: fleet.fleet });
  const { page } = window;
  const tools = '[role="toolbar"][aria-label="Log"]';
  for (const id of ['idm-a', 'idm-b']) await window.untilServer(id, 'running', LIMIT_MS);
  await window.openTab('Logs');

  await page.getByLabel('Filter the log').fill('Kanidm');
  await page.getByTestId('clear-filters').focus();
  await press(page, 'Enter');
  await page.getByTestId('clear-filters').waitFor({ state: 'detached' });
  await untilIn(page, tools);

  // A chip of the lines of one span: the row's own button makes it.
  const start = window.logs.locator('[data-log-server]').filter({ hasText: 'made a new, empty database' });
  await start.first().focus();
  await page.keyboard.press('ArrowRight');
  await page.getByTestId('log-alone').first().click();
  const chips = page.getByTestId('log-chip');
  await chips.first().waitFor();
  for (let left = await chips.count(); left > 0; left -= 1) {
    await chips.last().focus();
    await press(page, 'Enter');
    await expect.poll(() => chips.count()).toBe(left - 1);
    await untilIn(page, tools);
  }

  await fleet.machine('idm-b').stopKanidmd();
  await window.untilServer('idm-b', 'stopped', LIMIT_MS);
  await window.openTab('Problems');
  await page.getByRole('button', { name: 'Show evidence' }).first().click();
  await page.getByTestId('evidence-close').focus();
  await press(page, 'Enter');
  await page.getByTestId('evidence').waitFor({ state: 'detached' });
  await untilIn(page, '[data-pane="details"]');
});

it('a link that is deleted leaves the focus on the canvas', async () => {
  const { fleet } = await practise();
  const { window } = await open({ fleet: fleet.fleet });
  const { page } = window;
  await pair(window, 'idm-a', 'idm-b', 'idm-a');
  await page.locator('.svelte-flow__edge').focus();
  await press(page, 'Enter');
  await window.linkInspector.waitFor();
  await page.keyboard.press('Delete');
  await page.locator('.svelte-flow__edge').waitFor({ state: 'detached' });
  await untilIn(page, '[data-pane="topology"]');
});

it('a button that is busy keeps the focus, and one press is one press', async () => {
  const { fleet } = await practise();
  const { window } = await open({ fleet: fleet.fleet });
  const { page, servers } = window;
  await window.untilServer('idm-b', 'running', LIMIT_MS);
  // The test of the connection takes so long, milliseconds, that what is seen meanwhile is seen.
  fleet.machine('idm-b').delay(6000);
  const inInspector = '[data-testid="server-inspector"] [data-testid="test-connection"]';
  await servers.select('idm-b');
  await page.locator(inInspector).focus();
  await press(page, 'Enter');
  await page.locator(inInspector).getByText('Testing…').waitFor();
  expect(await has(page, inInspector)).toBe(true);
  expect(await page.locator(inInspector).getAttribute('aria-disabled')).toBe('true');
  fleet.machine('idm-b').delay(0);
  await servers.untilTested();
  expect(await has(page, inInspector)).toBe(true);

  await servers.edit('idm-b');
  const inDialog = '[data-testid="server-dialog"] [data-testid="test-connection"]';
  await page.locator(inDialog).focus();
  await press(page, 'Enter');
  await servers.dialog.getByTestId('test-result').waitFor({ timeout: 60_000 });
  expect(await has(page, inDialog)).toBe(true);
});
