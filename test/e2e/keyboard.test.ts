import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { isFocused, press, tabTo, untilFocused, untilSeen } from './support/keyboard';
import { open, practise } from './support/session';
import { DEPLOY_LIMIT_MS } from './support/story';
import { until } from './support/until';

const row = (id: string): string => `[data-server-row="${id}"]`;
const node = (id: string): string => `.svelte-flow__node[data-id="${id}"]`;

/** Hears what a screen reader is told from now on, in order. */
async function listen(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.evaluate(() => {
    const heard: string[] = ((globalThis as { heard?: string[] }).heard = []);
    const region = document.querySelector('[data-testid="spoken"]');
    if (!region) throw new Error('nothing is spoken');
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) heard.push(node.textContent ?? '');
    }).observe(region, { subtree: true, childList: true, characterData: true });
  });
  return () => page.evaluate(() => (globalThis as { heard?: string[] }).heard ?? []);
}

it('the main job is done by keyboard alone, and what has the focus is always seen', async () => {
  const { fleet } = await practise();
  const { window } = await open({ fleet: fleet.fleet });
  const { page } = window;
  const key = (keys: string): Promise<void> => press(page, keys);
  const chosen = (): Promise<readonly (string | null)[]> =>
    page
      .locator('[data-server-row][aria-pressed="true"]')
      .evaluateAll((rows) => rows.map((one) => one.getAttribute('data-server-row')));
  const untilChosen = (ids: readonly string[]): Promise<boolean> =>
    until(`${ids.join()} are selected`, async () => (await chosen()).join() === ids.join(), 20_000);

  // A fleet that was opened is where the focus is.
  await untilFocused(page, row('idm-a'));
  await untilSeen(page);
  await window.untilServer('idm-b', 'running', 30_000);

  // On the canvas and in the list the same keys do the same.
  await key('F6');
  await tabTo(page, node('idm-a'));
  await key('Space');
  await untilChosen(['idm-a']);
  await tabTo(page, node('idm-b'));
  await key('Control+Space');
  await untilChosen(['idm-a', 'idm-b']);
  expect(await isFocused(page, node('idm-b'))).toBe(true);
  await key('Shift+Enter');
  await untilChosen(['idm-a']);

  // Ctrl+Enter reviews, and selects nothing.
  await key('Control+Enter');
  await window.review.root.waitFor();
  await key('Escape');
  await window.review.root.waitFor({ state: 'detached' });
  await untilFocused(page, node('idm-b'));
  expect(await chosen()).toEqual(['idm-a']);

  await key('Shift+F6');
  await tabTo(page, row('idm-b'));
  await key('Space');
  await untilChosen(['idm-a', 'idm-b']);
  await key('p');
  await window.pairDialog.root.waitFor();
  await tabTo(page, '[data-testid^="wins-"] input');
  await key('Space');
  if (!(await isFocused(page, '[data-testid="wins-idm-a"] input'))) await key('ArrowUp');
  await tabTo(page, '[data-testid="pair-confirm"]');
  await key('Enter');
  await window.pairDialog.root.waitFor({ state: 'detached' });
  await window.canvas.link('idm-a', 'idm-b').waitFor();

  await key('Control+z');
  await window.canvas.link('idm-a', 'idm-b').waitFor({ state: 'detached' });
  await key('Control+y');
  await window.canvas.link('idm-a', 'idm-b').waitFor();

  await key('Control+Enter');
  await window.review.untilPlanned();
  await tabTo(page, '[data-erase="idm-b"]');
  await page.keyboard.type('idm-');
  await key('Enter');
  expect(await isFocused(page, '[data-erase="idm-b"]')).toBe(true);
  await page.keyboard.type('idm-b');
  await key('Enter');
  await untilFocused(page, '[data-testid="deploy"]');
  const spoken = await listen(page);
  await key('Enter');
  expect(await window.deploy.untilEnded(DEPLOY_LIMIT_MS), await window.deploy.text()).toBe('done');
  const steps = await window.deploy.root.locator('[data-step]').count();
  await until('the end was spoken', async () => /Done|done\./.test((await spoken()).at(-1) ?? ''), 5000);
  // Each step's beginning and its end, once and in order; and of a deploy nothing more than how it began and ended.
  const news = (await spoken()).flatMap(
    (text) => text.match(/Step \d+ of \d+: .*?, [a-z ]+\.(?= Step|$)/g) ?? [],
  );
  const told = news.map((text) =>
    /^(Step \d+ of \d+): idm-[ab], .+, (\w+)\.$/.exec(text)?.slice(1).join(', '),
  );
  const places = Array.from({ length: steps }, (_, n) => `Step ${n + 1} of ${steps}`);
  expect(told.filter((it) => it?.endsWith('done'))).toEqual(places.map((place) => `${place}, done`));
  // A step that begins and ends in one moment is told once, as done.
  const begun = places.filter((place) => told.includes(`${place}, running`));
  expect(begun.length).toBeGreaterThan(0);
  for (const place of begun)
    expect(told.indexOf(`${place}, done`) - told.indexOf(`${place}, running`)).toBe(1);
  expect((await spoken()).length - news.length).toBeLessThanOrEqual(4);
  await tabTo(page, '[data-testid="deploy-close"]');
  await key('Enter');
  await window.deploy.root.waitFor({ state: 'detached' });

  // Every link on the canvas, every part of the window.
  await tabTo(page, '.svelte-flow__edge');
  await tabTo(page, '[data-link]');
  for (const part of ['inspector', 'details', 'top', 'fleet', 'topology']) {
    await key('F6');
    await untilFocused(page, `[data-pane="${part}"] *`);
    await untilSeen(page);
  }
  await key('?');
  await page.getByTestId('keys').getByText('Redo').waitFor();
});
