import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ElectronWindow } from './support/electron-window';
import {
  chooseFile,
  clickMenu,
  clickRecent,
  dropFile,
  secondInstance,
  trustFile,
} from './support/electron-window';
import type { MainWindow } from './pages/main-window';
import { inOwnFolder } from '../support/own-folder';
import { open } from './support/session';
import { twoServers } from './support/two-servers';
import { until } from './support/until';

const LIMIT_MS = 30_000;

let home: string;
let other: string;
inOwnFolder('unsaved', (folder) => {
  home = join(folder, 'home.toml');
  other = join(folder, 'other.toml');
  writeFileSync(home, twoServers('Home lab'));
  writeFileSync(other, twoServers('Other lab'));
});

interface Session {
  readonly window: MainWindow;
  readonly electron: ElectronWindow;
}

/** Opens the home lab and takes idm-b out of it, which is not saved. */
async function edited(): Promise<Session> {
  const session = await open({ fleet: home });
  await trustFile(session.electron.home, other);
  await removeB(session);
  return session;
}

async function removeB(session: Session): Promise<void> {
  const { window } = session;
  await window.servers.select('idm-b');
  await window.page.keyboard.press('Delete');
  await window.page.getByTestId('remove-dialog').getByRole('button', { name: 'Remove idm-b' }).click();
  await untilTitle(session, '• Home lab — Kanilink', 'home.toml · unsaved');
}

/** What the title bar of the system and the window's own say. */
async function title({ window, electron }: Session): Promise<{ system: string; bar: string }> {
  const bar = (await window.page.getByTestId('file-state').innerText()).trim();
  const system = await electron.app.evaluate(
    ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle() ?? '',
  );
  return { system, bar };
}

const untilTitle = (session: Session, system: string, bar: string): Promise<unknown> =>
  until(
    `the title is ${system}, ${bar}`,
    async () => {
      const now = await title(session);
      return now.system === system && now.bar === bar;
    },
    LIMIT_MS,
  );

const question = ({ window }: Session) => window.page.getByTestId('unsaved-dialog');
const answer = async (session: Session, button: string): Promise<void> =>
  question(session).getByRole('button', { name: button, exact: true }).click();
const onDisk = (): string => readFileSync(home, 'utf8');
const ended = ({ electron: { child } }: Session): Promise<unknown> =>
  until('Kanilink has ended', () => child.exitCode !== null, LIMIT_MS);

interface Way {
  readonly name: string;
  go(session: Session): Promise<unknown>;
  /** What has come once the way was gone to its end. */
  arrived(session: Session): Promise<unknown>;
}

const otherLab = (session: Session): Promise<unknown> =>
  untilTitle(session, 'Other lab — Kanilink', 'other.toml · saved');

const ways: readonly Way[] = [
  {
    name: 'new',
    go: ({ electron }) => clickMenu(electron.app, 'new'),
    arrived: (session) => untilTitle(session, '• New fleet — Kanilink', 'new fleet · unsaved'),
  },
  {
    name: 'open',
    go: async ({ electron }) => {
      await chooseFile(electron.app, other);
      await clickMenu(electron.app, 'open');
    },
    arrived: otherLab,
  },
  {
    name: 'a recent file',
    go: ({ electron }) => clickRecent(electron.app, 'other.toml'),
    arrived: otherLab,
  },
  { name: 'a second instance', go: ({ electron }) => secondInstance(electron, other), arrived: otherLab },
  { name: 'a dropped file', go: ({ window }) => dropFile(window.page, other), arrived: otherLab },
  {
    name: 'practice',
    go: ({ electron }) => clickMenu(electron.app, 'practice'),
    arrived: (session) =>
      until(
        'the practice fleet is open',
        async () => /^(?!home).* saved$/.test((await title(session)).bar),
        90_000,
      ),
  },
  {
    name: 'adopt',
    go: ({ electron }) => clickMenu(electron.app, 'adopt'),
    arrived: ({ window }) => window.page.getByTestId('adopt-dialog').waitFor(),
  },
  {
    name: 'close',
    go: ({ electron }) =>
      electron.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close()),
    arrived: ended,
  },
  { name: 'quit', go: ({ electron }) => electron.app.evaluate(({ app }) => app.quit()), arrived: ended },
];

describe.each(ways)('unsaved changes, then $name', (way) => {
  /** A file that is recent was open before. */
  async function begin(): Promise<Session> {
    const session = await edited();
    if (way.name !== 'a recent file') return session;
    await session.window.page.keyboard.press('Control+Z');
    await untilTitle(session, 'Home lab — Kanilink', 'home.toml · saved');
    await secondInstance(session.electron, other);
    await otherLab(session);
    await secondInstance(session.electron, home);
    await untilTitle(session, 'Home lab — Kanilink', 'home.toml · saved');
    await removeB(session);
    return session;
  }

  it('Save writes them, and goes on', async () => {
    const session = await begin();
    await way.go(session);
    await answer(session, 'Save');
    await way.arrived(session);
    expect(onDisk()).toContain('idm-a');
    expect(onDisk()).not.toContain('idm-b');
  });

  it('Don’t save leaves the file as it is, and goes on', async () => {
    const session = await begin();
    await way.go(session);
    await answer(session, 'Don’t save');
    await way.arrived(session);
    expect(onDisk()).toBe(twoServers('Home lab'));
  });

  it('Cancel keeps them open and unsaved, and the next time asks again', async () => {
    const session = await begin();
    await way.go(session);
    await answer(session, 'Cancel');
    await untilTitle(session, '• Home lab — Kanilink', 'home.toml · unsaved');
    await way.go(session);
    await question(session).waitFor();
    expect(onDisk()).toBe(twoServers('Home lab'));
    await answer(session, 'Cancel');
    await session.window.page.keyboard.press('Control+S');
    await untilTitle(session, 'Home lab — Kanilink', 'home.toml · saved');
    expect(onDisk()).not.toContain('idm-b');
  });
});

describe('“Don’t save” is not “saved”', () => {
  it.each([
    ['the file dialog is cancelled', null],
    ['the file cannot be read', '/nowhere/fleet.toml'],
  ])('when %s: the edit is there, unsaved, and asked about again', async (_, chosen) => {
    const session = await edited();
    await chooseFile(session.electron.app, chosen);
    await clickMenu(session.electron.app, 'open');
    await answer(session, 'Don’t save');
    await question(session).waitFor({ state: 'detached' });
    await untilTitle(session, '• Home lab — Kanilink', 'home.toml · unsaved');
    expect(await session.window.servers.row('idm-b').count()).toBe(0);
    await session.electron.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await question(session).waitFor();
    await answer(session, 'Save');
    await ended(session);
    expect(onDisk()).not.toContain('idm-b');
  });

  it('when adopting is cancelled', async () => {
    const session = await edited();
    await clickMenu(session.electron.app, 'adopt');
    await answer(session, 'Don’t save');
    await session.window.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await untilTitle(session, '• Home lab — Kanilink', 'home.toml · unsaved');
    await clickMenu(session.electron.app, 'new');
    await question(session).waitFor();
  });

  it('Save that finds another text on disk goes nowhere and loses nothing', async () => {
    const session = await edited();
    writeFileSync(home, twoServers('Edited elsewhere'));
    await clickMenu(session.electron.app, 'new');
    await answer(session, 'Save');
    await session.window.notices.getByText('is not the one that was opened').waitFor();
    await answer(session, 'Cancel');
    await untilTitle(session, '• Home lab — Kanilink', 'home.toml · unsaved');
    expect(onDisk()).toBe(twoServers('Edited elsewhere'));
  });
});
