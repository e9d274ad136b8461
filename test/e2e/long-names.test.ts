import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { viewIds } from '../../shared/ipc/commands';
import { clickMenu, resize } from './support/electron-window';
import { inOwnFolder } from '../support/own-folder';
import { roomMistakes } from './support/room';
import { open } from './support/session';

const IDS = ['eu-01', 'eu-02', 'us-01'].map((end) => `identity-server-of-the-university-${end}`);
const [A = '', B = '', C = ''] = IDS;
let folder: string;
inOwnFolder('names', (made) => (folder = made));

const text = `version = 1\nname = "${A} and all the others of the university"\n
${IDS.map((id, n) => `[[server]]\nid = "${id}"\nconnect = "ssh"\nendpoint = "ssh://ada@127.0.0.1:${n + 1}"\n`).join('\n')}
[[link]]\nsupplier = "${A}"\nconsumer = "${B}"\n
[[link]]\nsupplier = "${A}"\nconsumer = "${C}"\n`;

/** Text that is cut and has a name of a server in it, unless its end is shown beside it. */
const cut = (page: Page): Promise<readonly string[]> =>
  page.evaluate(
    (ids) =>
      [...document.querySelectorAll('body *')]
        .filter((one) => one.checkVisibility() && !one.matches('.both-ends > .head'))
        .filter((one) => {
          const { overflowX, textOverflow } = getComputedStyle(one);
          const cuts = textOverflow === 'ellipsis' || overflowX === 'hidden' || overflowX === 'clip';
          const words = one instanceof HTMLSelectElement ? one.selectedOptions[0]?.text : one.textContent;
          const named = ids.some((id) => words?.includes(id));
          // A part that holds others cuts none of them by itself.
          return cuts && named && one.childElementCount === 0 && one.scrollWidth > one.clientWidth + 1;
        })
        .map((one) => `${one.tagName} ${one.className}: ${one.textContent}`),
    IDS,
  );

it('a long name keeps both ends wherever it stands, and is whole under the mouse and on focus', async () => {
  const file = join(folder, 'names.toml');
  writeFileSync(file, text);
  const { window, electron } = await open({ fleet: file });
  const { page } = window;
  await window.untilServer(C, 'unreachable', 30_000);
  const mistakes: Record<string, readonly string[]> = {};
  const look = async (where: string): Promise<void> => {
    const found = [...(await cut(page)), ...(await roomMistakes(page))];
    if (found.length > 0) mistakes[where] = found;
  };
  for (const [width, height] of [
    [1280, 800],
    [1024, 700],
  ] as const) {
    await resize(electron.app, width, height);
    for (const id of viewIds) {
      await clickMenu(electron.app, id);
      await look(`${id}, ${width}`);
    }
    await clickMenu(electron.app, 'canvas');
    await window.servers.select(B);
    await look(`server, ${width}`);
    await page.locator('[data-link]').first().focus();
    await page.keyboard.press('Enter');
    await look(`link, ${width}`);
    for (const id of ['add-server', 'review', 'pair', 'adopt', 'keys'] as const) {
      await clickMenu(electron.app, id);
      await page.getByRole('dialog').waitFor();
      await look(`${id}, ${width}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  }
  expect(mistakes).toEqual({});

  const whole = (): Promise<string> =>
    window.servers
      .row(A)
      .locator('.both-ends')
      .first()
      .evaluate((name) => getComputedStyle(name, '::after').content);
  await page.mouse.move(0, 0);
  await window.servers.row(B).focus();
  expect(await whole()).toBe('none');
  await page.keyboard.press('Shift+Tab');
  expect(await whole()).toContain(A);
  await window.servers.row(B).focus();
  await window.servers.row(A).locator('.both-ends').first().hover();
  expect(await whole()).toContain(A);
});
