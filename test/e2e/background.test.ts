import { writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ElectronWindow } from './support/electron-window';
import { open, practise } from './support/session';
import { until } from './support/until';

/** What the desktop was given: titles of notices, and words of the tray. */
interface Shown {
  readonly notices: readonly string[];
  readonly tray: readonly string[];
}

/** Stands where the desktop would be, and nowhere else. */
const standInForTheDesktop = ({ app }: ElectronWindow): Promise<void> =>
  app.evaluate(({ Notification, Tray }) => {
    const shown: { notices: string[]; tray: string[] } = { notices: [], tray: [] };
    Object.assign(globalThis, { shown });
    Notification.isSupported = () => true;
    Notification.prototype.show = function (this: Electron.Notification) {
      shown.notices.push(`${this.title}\n${this.body}`);
    };
    const { setToolTip } = Tray.prototype;
    Tray.prototype.setToolTip = function (this: Electron.Tray, text: string) {
      shown.tray.push(text);
      setToolTip.call(this, text);
    };
  });
const shown = ({ app }: ElectronWindow): Promise<Shown> =>
  app.evaluate(() => (globalThis as unknown as { shown: Shown }).shown);

it('goes on without its window, and tells once that a server broke and that it healed', async () => {
  const { fleet } = await practise({ linked: true });
  const { window, electron } = await open({
    fleet: fleet.fleet,
    prepare: (profile) => {
      mkdirSync(profile, { recursive: true });
      writeFileSync(join(profile, 'settings.json'), JSON.stringify({ background: true }));
    },
  });
  await standInForTheDesktop(electron);
  await window.untilServer('idm-b', 'running', 30_000);
  const tray = async () => (await shown(electron)).tray.at(-1);
  await until('the tray says the state', async () => (await tray())?.includes('link') === true, 60_000);

  await electron.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  const visible = () =>
    electron.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((it) => it.isVisible()));
  await until('the window is hidden', async () => (await visible()).join() === 'false', 10_000);

  const notices = async () =>
    (await shown(electron)).notices.filter((text) => text.startsWith('Kanilink: idm-b does not work'));
  await fleet.machine('idm-b').stopKanidmd();
  await until('the break is told', async () => (await notices()).length > 0, 60_000);
  expect(await tray()).toContain('1 server stopped');
  const healed = async () =>
    (await shown(electron)).notices.filter((text) => text.startsWith('Kanilink: idm-b works again'));
  await fleet.machine('idm-b').startKanidmd();
  await until('the end of it is told', async () => (await healed()).length > 0, 120_000);
  expect([await notices(), await healed()].map(({ length }) => length)).toEqual([1, 1]);

  await electron.app.evaluate(({ powerMonitor }) => void powerMonitor.emit('suspend'));
  expect(await tray()).toContain('nothing is known now');
  await electron.app.evaluate(({ powerMonitor }) => void powerMonitor.emit('resume'));
  await until(
    'servers were read again',
    async () => (await tray())?.includes('nothing is known now') === false,
    60_000,
  );
});
