import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { open, practise } from './support/session';
import { pair } from './support/story';
import { until } from './support/until';

it('a server dropped on a server links them, stays where it was, and says beforehand what a drop does', async () => {
  const { fleet } = await practise();
  const { window } = await open({ fleet: fleet.fleet });
  const { canvas, pairDialog } = window;
  const before = await canvas.box('idm-a');

  await canvas.carry('idm-a', 'idm-b');
  expect(await canvas.ghost.innerText()).toContain('idm-a’s data → idm-b');
  await canvas.drop();
  await pairDialog.root.waitFor();
  await until('idm-a is back', async () => near(await canvas.box('idm-a'), before), 5_000);
  await pairDialog.cancel();

  // Moving is a drop on empty canvas; one that would cover the other server lands beside it.
  const { width, height } = await canvas.box('idm-b');
  await canvas.carry('idm-a', 'idm-b', { x: -width / 2 - 6, y: height / 4 });
  expect(await canvas.ghost.count()).toBe(0);
  await canvas.drop();
  await until('nobody hides', async () => apart(await canvas.box('idm-a'), await canvas.box('idm-b')), 5_000);
  expect(near(await canvas.box('idm-a'), before)).toBe(false);

  await pair(window, 'idm-a', 'idm-b', 'idm-a');
  // A notice makes the canvas smaller, which is then fitted again: where idm-b is counts as seen from idm-a.
  const fromA = async () => offset(await canvas.box('idm-a'), await canvas.box('idm-b'));
  const moved = await fromA();
  await canvas.carry('idm-b', 'idm-a');
  expect(await canvas.ghost.innerText()).toContain('idm-b and idm-a are linked already');
  expect(await canvas.ghost.getAttribute('data-allowed')).toBe('false');
  await canvas.drop();
  await until('idm-b is back', async () => near(await fromA(), moved, 0.02), 5_000);
  expect(await pairDialog.root.count()).toBe(0);

  await window.command('read-only');
  await canvas.carry('idm-b', 'idm-a');
  expect(await canvas.ghost.innerText()).toContain('Read-only mode is on');
  await canvas.drop();
  await until('idm-b is back', async () => near(await fromA(), moved, 0.02), 5_000);
});

it('whose data wins is asked with what both hold; nobody is chosen, and Enter decides nothing', async () => {
  const { fleet, server } = await practise();
  const { window } = await open({ fleet: fleet.fleet });
  const { canvas, pairDialog: dialog, page } = window;
  await canvas.drag('idm-a', 'idm-b');
  await dialog.root.waitFor();
  expect(await dialog.root.locator('[name="winner"]:checked').count()).toBe(0);
  expect(await dialog.confirm.isDisabled()).toBe(true);
  expect(await dialog.confirm.evaluate((button) => button === document.activeElement)).toBe(false);
  await page.keyboard.press('Enter');
  expect(await dialog.root.isVisible()).toBe(true);

  await dialog.untilKnown();
  await dialog.root.getByText('They are in different domains.').waitFor();
  const cost = /whole database .*idm-a: [\d.]+ [kM]B and idm-b: [\d.]+ [kM]B/s;
  await dialog.root.getByText(cost).waitFor();
  const height = (await dialog.root.boundingBox())?.height ?? 0;
  await dialog.readData();
  expect(words(await dialog.data('idm-a').innerText())).toMatch(
    /People 6 Groups 0 Service accounts 0 Last change \d/,
  );
  expect(words(await dialog.data('idm-b').innerText())).toContain('People 1 ');
  await dialog.choose('idm-a');
  const consequence = dialog.root.getByTestId('consequence');
  expect(await consequence.innerText()).toMatch(
    /idm-b’s database is replaced with idm-a’s\.\s+1 person of idm-b is erased\./,
  );
  expect((await dialog.root.boundingBox())?.height).toBeCloseTo(height, 1);
  // No name crossed to the window.
  expect(await dialog.root.innerText()).not.toContain('amelie');
  await page.keyboard.press('Enter');
  expect(await dialog.root.isVisible()).toBe(true);
  await dialog.throwAway();
  // Nothing of a backup stays beside the databases, and none was written on the desk.
  for (const id of ['idm-a', 'idm-b']) expect(leftIn(fleet.machine(id).folder)).toEqual([]);
  expect(server('idm-a').configText).not.toContain('[replication]');
});

it('the table pairs by the same question, asks which two, and leads to a link that is there already', async () => {
  const { fleet } = await practise({ servers: 3 });
  const { window } = await open({ fleet: fleet.fleet });
  const { pairDialog: dialog, page } = window;
  const table = page.getByTestId('links-table');
  for (const id of ['idm-a', 'idm-b', 'idm-c']) await window.untilServer(id, 'running', 30_000);
  await window.command('Table');
  await table.getByText('No links yet').waitFor();
  // Servers without a link are in it too, with what the canvas shows of them, and are selected by the same keys.
  const line = (id: string) => page.locator(`[data-server-line="${id}"]`);
  expect(words(await line('idm-b').innerText())).toMatch(
    /^idm-b running 1\.\d+\.\d+ · idm\.localhost .+ no links/,
  );
  await page.locator('[data-table-server="idm-b"]').focus();
  await page.keyboard.press('Space');
  await page.locator('[data-table-server="idm-c"]').focus();
  await page.keyboard.press('Space');
  expect(await page.locator('[data-table-server][aria-pressed="true"]').count()).toBe(2);
  await page.keyboard.press('p');
  await dialog.root.getByTestId('wins-idm-b').waitFor();
  await dialog.cancel();
  await page.locator('[data-table-server="idm-c"]').press('Escape');
  await page.locator('[data-table-server][aria-pressed="true"]').first().waitFor({ state: 'detached' });
  await table.getByRole('button', { name: 'Pair servers…' }).click();
  await dialog.root.getByLabel('One server').selectOption('idm-c');
  await dialog.root.getByLabel('The other', { exact: true }).selectOption('idm-a');
  expect(await dialog.root.locator('[name="winner"]:checked').count()).toBe(0);
  expect(await dialog.confirm.isDisabled()).toBe(true);
  await dialog.untilKnown();
  await dialog.root.getByText('They are in different domains.').waitFor();
  await dialog.root.getByTestId('read-data').waitFor();
  await dialog.pair('idm-c');
  const row = table.locator('[data-link="idm-c→idm-a"]');
  expect(await row.innerText()).toContain('both ways');
  expect(await row.getAttribute('data-difference')).toBe('new');
  await page.locator('[data-server-line="idm-a"][data-difference="new"]').waitFor();
  expect(words(await line('idm-a').innerText())).toMatch(/ 1 link new /);
  expect(await line('idm-b').getAttribute('data-difference')).toBe('same');
  // The two that are linked lead to their link; others can still be chosen.
  await table.getByRole('button', { name: 'Pair servers…' }).click();
  await dialog.root.getByLabel('One server').selectOption('idm-a');
  await dialog.root.getByLabel('The other', { exact: true }).selectOption('idm-c');
  await dialog.root.getByRole('button', { name: 'Show the link' }).click();
  await window.linkInspector.getByText('Link idm-c ⇄ idm-a').waitFor();
});

/** Files that a reading could have left behind. */
const leftIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.kanilink|compare\.json/.test(path),
  );

const words = (text: string): string => text.replaceAll(/\s+/g, ' ');

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type Point = Pick<Box, 'x' | 'y'>;

const near = (a: Point, b: Point, most = 2): boolean =>
  Math.abs(a.x - b.x) < most && Math.abs(a.y - b.y) < most;

/** From one server to another, in widths of a server: the same at every zoom. */
const offset = (a: Box, b: Box): Point => ({ x: (b.x - a.x) / a.width, y: (b.y - a.y) / a.width });

/** Neither covers a part of the other. */
const apart = (a: Box, b: Box): boolean =>
  a.x + a.width <= b.x + 1 ||
  b.x + b.width <= a.x + 1 ||
  a.y + a.height <= b.y + 1 ||
  b.y + b.height <= a.y + 1;
