import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { clickMenu, engineOf, secondInstance, trustFile } from './support/electron-window';
import { inOwnFolder } from '../support/own-folder';
import { open } from './support/session';
import { twoServers } from './support/two-servers';
import { until } from './support/until';

const LIMIT_MS = 30_000;

let folder: string;
let home: string;
inOwnFolder('saving', (made) => {
  folder = made;
  home = join(folder, 'home.toml');
  writeFileSync(home, twoServers('Home lab'));
});

type Session = Awaited<ReturnType<typeof open>>;

const untilState = ({ window }: Session, state: string): Promise<unknown> =>
  until(
    `the title bar says ${state}`,
    async () => (await window.page.getByTestId('file-state').innerText()).trim() === state,
    LIMIT_MS,
  );

async function removeB(session: Session): Promise<void> {
  const { window } = session;
  await window.servers.select('idm-b');
  await window.page.keyboard.press('Delete');
  await window.page.getByTestId('remove-dialog').getByRole('button', { name: 'Remove idm-b' }).click();
  await untilState(session, 'home.toml · unsaved');
}

it('a slow save that ends when another fleet is open leaves that one alone', async () => {
  const session = await open({ fleet: home });
  const { window, electron } = session;
  await removeB(session);
  const engine = await engineOf(electron);
  process.kill(engine, 'SIGSTOP');
  try {
    await window.page.keyboard.press('Control+S');
    await clickMenu(electron.app, 'new');
    await window.page.getByTestId('unsaved-dialog').getByRole('button', { name: 'Don’t save' }).click();
    await untilState(session, 'new fleet · unsaved');
  } finally {
    process.kill(engine, 'SIGCONT');
  }
  await window.notices.getByText('Saved home.toml.').waitFor({ timeout: LIMIT_MS });
  await untilState(session, 'new fleet · unsaved');
  const saved = readFileSync(home, 'utf8');
  expect(saved).toContain('name = "Home lab"');
  expect(saved).not.toContain('idm-b');
});

it('“Save as” writes no other fleet than the one it was asked for', async () => {
  const session = await open({ fleet: home });
  const { window, electron } = session;
  const other = join(folder, 'other.toml');
  const copy = join(folder, 'copy.toml');
  writeFileSync(other, twoServers('Other lab'));
  await trustFile(electron.home, other);
  await untilState(session, 'home.toml · saved');
  const choose = await electron.app.evaluateHandle(({ dialog }) => {
    const held = { choose: (_: string): void => undefined, asked: false };
    dialog.showSaveDialog = () =>
      new Promise((resolve) => {
        held.asked = true;
        held.choose = (filePath) => resolve({ canceled: false, filePath });
      });
    return held;
  });
  await clickMenu(electron.app, 'save-as');
  await until('the system asks where', () => choose.evaluate(({ asked }) => asked), LIMIT_MS);
  await secondInstance(electron, other);
  await untilState(session, 'other.toml · saved');
  await choose.evaluate((held, path) => held.choose(path), copy);
  await window.notices.getByText('Nothing was saved.').waitFor();
  expect(existsSync(copy)).toBe(false);
  await untilState(session, 'other.toml · saved');
  expect(readFileSync(other, 'utf8')).toBe(twoServers('Other lab'));
});
