import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright';
import { expect, it } from 'vitest';
import { viewIds } from '../../shared/ipc/commands';
import { clickMenu, type ElectronWindow, resize } from './support/electron-window';
import { roomMistakes } from './support/room';
import { open, practise } from './support/session';
import { pair } from './support/story';
import { until } from './support/until';

/** As “Larger text” does. */
const zoomTo = (electron: ElectronWindow, factor: number): Promise<void> =>
  electron.app.evaluate(
    ({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(to),
    factor,
  );

/** Pixels of the window a text is high. */
const sizeOf = (text: Locator): Promise<number> =>
  text.evaluate(
    (one) =>
      parseFloat(getComputedStyle(one).fontSize) *
      (one.getBoundingClientRect().width / (one as HTMLElement).offsetWidth),
  );

it('everything is reached in a small window and with large text, and how it is folded is remembered', async () => {
  const { fleet } = await practise();
  const { window, electron } = await open({ fleet: fleet.fleet });
  const { page } = window;
  await window.untilServer('idm-b', 'running', 30_000);
  await pair(window, 'idm-a', 'idm-b', 'idm-a');
  const fits = async (): Promise<void> => {
    await until('all of it is reached', async () => (await roomMistakes(page)).length === 0, 20_000).catch(
      async (cause: unknown) => {
        throw new Error((await roomMistakes(page)).join('\n'), { cause });
      },
    );
  };
  const everyViewFits = async (): Promise<void> => {
    for (const id of viewIds) {
      await clickMenu(electron.app, id);
      await fits();
    }
    await clickMenu(electron.app, 'canvas');
  };
  const zoomedTo = async (width: number, height: number): Promise<void> => {
    await resize(electron.app, width, height);
    await zoomTo(electron, 2);
    await until('it has the size', () => page.evaluate((w) => innerWidth === w, width / 2), 20_000);
  };
  await resize(electron.app, 1024, 700);
  await everyViewFits();
  await until(
    'the names on the canvas are read',
    async () => (await sizeOf(window.canvas.server('idm-a').locator('strong'))) >= 9,
    20_000,
  );

  for (const [width, height] of [
    [1920, 1080],
    [1024, 700],
    [1280, 800],
  ] as const) {
    await zoomedTo(width, height);
    await everyViewFits();
  }
  // What has no room is folded, and unfolds.
  const details = page.getByTestId('logs');
  await clickMenu(electron.app, 'logs');
  await details.waitFor();
  await page.getByTestId('fold-details').click();
  await details.waitFor({ state: 'detached' });
  await page.getByTestId('fold-details').click();
  await details.waitFor();
  await fits();
  await page.keyboard.press('Control+b');
  await window.servers.row('idm-a').waitFor();
  await fits();

  // In a window with room nothing was folded; what is folded there stays so.
  await zoomTo(electron, 1);
  await until('the window is wide', () => page.evaluate(() => innerWidth === 1280), 20_000);
  await page.keyboard.press('Control+i');
  await page.getByRole('button', { name: 'Table' }).click();
  const settings = join(electron.home, 'kanilink', 'settings.json');
  await until(
    'it is kept',
    () =>
      /"folded": \[\s*"inspector"\s*\]/.test(readFileSync(settings, 'utf8')) &&
      /"stage": "table"/.test(readFileSync(settings, 'utf8')),
    20_000,
  );
  const kept = readFileSync(settings, 'utf8');
  const next = await open({
    fleet: fleet.fleet,
    prepare: (profile) => {
      mkdirSync(profile, { recursive: true });
      writeFileSync(join(profile, 'settings.json'), kept);
    },
  });
  await next.window.page.getByTestId('links-table').waitFor();
  expect(await next.window.page.getByRole('complementary', { name: 'Inspector' }).isVisible()).toBe(false);
});
