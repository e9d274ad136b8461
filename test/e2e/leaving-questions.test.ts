import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inOwnFolder } from '../support/own-folder';
import { DECLINE, holdDialogs, TRUST } from './support/app-dialogs';
import {
  chooseFile,
  clickMenu,
  dropFile,
  engineOf,
  secondInstance,
  trustFile,
} from './support/electron-window';
import { type Listener, startListener } from './support/listener';
import { open } from './support/session';
import { twoServers } from './support/two-servers';
import { until } from './support/until';

const LIMIT_MS = 30_000;

let folder: string;
let home: string;
let other: string;
let theirs: string;
let server: Listener;
const foreign = (name = 'Their lab'): string =>
  `version = 1\nname = "${name}"\n\n[[server]]\nid = "idm-a"\nconnect = "ssh"\nendpoint = "ssh://eve@127.0.0.1:${server.port}"\n`;
beforeEach(async () => {
  server = await startListener();
});
afterEach(() => server.close());
inOwnFolder('questions', (made) => {
  folder = made;
  home = join(folder, 'home.toml');
  other = join(folder, 'other.toml');
  theirs = join(folder, 'theirs.toml');
  writeFileSync(home, twoServers('Home lab'));
  writeFileSync(other, twoServers('Other lab'));
});

type Session = Awaited<ReturnType<typeof open>>;

async function begin(): Promise<Session> {
  const session = await open({ fleet: home });
  await trustFile(session.electron.home, other);
  await session.window.servers.row('idm-b').waitFor();
  return session;
}

const untilFile = ({ window }: Session, state: string, limitMs = LIMIT_MS): Promise<unknown> =>
  until(
    `the title bar says ${state}`,
    async () => {
      const now = (await window.page.getByTestId('file-state').innerText()).trim();
      if (now !== state) throw new Error(`it says ${now}`);
      return true;
    },
    limitMs,
  );
const close = ({ electron }: Session): Promise<unknown> =>
  electron.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
const ended = ({ electron: { child } }: Session): Promise<unknown> =>
  until('Kanilink has ended', () => child.exitCode !== null, LIMIT_MS);
const typeName = async ({ window, electron }: Session): Promise<void> => {
  await clickMenu(electron.app, 'name');
  await window.page.getByTestId('name-dialog').getByLabel('Name').fill('Cellar');
};
const nameDialog = ({ window }: Session) => window.page.getByTestId('name-dialog');
const keepName = async (session: Session): Promise<void> => {
  await nameDialog(session).getByRole('button', { name: 'Keep it', exact: true }).click({ timeout: 90_000 });
  expect(await nameDialog(session).getByLabel('Name').inputValue()).toBe('Cellar');
};
const throwNameAway = async (session: Session): Promise<void> => {
  await session.window.page.keyboard.press('Escape');
  await nameDialog(session).getByRole('button', { name: 'Throw it away' }).click();
  await nameDialog(session).waitFor({ state: 'detached' });
};

it('words typed in the palette are a search: every way out of it leaves at once, and runs and changes nothing', async () => {
  const session = await begin();
  const { window, electron } = session;
  const palette = window.page.getByTestId('palette');
  const field = palette.getByRole('combobox');
  const type = async (): Promise<void> => {
    await clickMenu(electron.app, 'palette');
    await field.waitFor();
    expect(await field.inputValue()).toBe('');
    // What Enter would run.
    await field.fill('read-only');
    await palette.locator('[data-command="toggle-read-only"][aria-selected="true"]').waitFor();
  };
  const dialog = (id: string) => async (): Promise<void> => {
    await clickMenu(electron.app, id);
    await window.page.getByTestId(`${id === 'add-server' ? 'server' : id}-dialog`).waitFor();
    await window.page.keyboard.press('Escape');
  };
  const ways: Readonly<Record<string, () => Promise<unknown>>> = {
    Escape: () => window.page.keyboard.press('Escape'),
    'its cross': () => palette.getByRole('button', { name: 'Close' }).click(),
    'a click beside it': () => window.page.mouse.click(5, 400),
    'a form': dialog('add-server'),
    'another form': dialog('name'),
    'a dropped file': () => dropFile(window.page, home),
  };
  for (const [way, go] of Object.entries(ways)) {
    await type();
    await go();
    await palette.waitFor({ state: 'detached' }).catch((cause: unknown) => {
      throw new Error(`${way} does not leave it`, { cause });
    });
    await untilFile(session, 'home.toml · saved');
    expect(await window.page.getByRole('alertdialog').count(), way).toBe(0);
    expect(await window.page.getByRole('button', { name: 'Add a server' }).isEnabled(), way).toBe(true);
  }
  await type();
  await secondInstance(electron, other);
  await untilFile(session, 'other.toml · saved');
  await palette.waitFor({ state: 'detached' });
  await type();
  await close(session);
  await ended(session);
});

it('the question of trust: Escape and Enter decline it, and a file that is opened meanwhile is not what a yes is about', async () => {
  const session = await begin();
  const { window, electron } = session;
  const bar = window.page.getByTestId('untrusted');
  writeFileSync(theirs, foreign());
  const held = await holdDialogs(electron);
  const asked = (count: number): Promise<unknown> =>
    until(`${count} were asked`, async () => (await held.said()).length === count, LIMIT_MS);
  await secondInstance(electron, theirs);
  await asked(1);
  await held.press(0, 'escape');
  await bar.waitFor();

  // Another file is opened while it stands: the yes belongs to the one that was asked about.
  await window.page.getByTestId('review-trust').click();
  await asked(2);
  await secondInstance(electron, other);
  await untilFile(session, 'other.toml · saved');
  await held.press(1, TRUST);
  await window.servers.row('idm-b').waitFor();
  expect(await bar.count()).toBe(0);
  expect(server.dialled).toBe(0);

  // The same file is changed and opened again while it stands: the yes was to what it held before.
  writeFileSync(theirs, foreign().replace('eve@', 'mallory@'));
  await secondInstance(electron, theirs);
  await asked(3);
  writeFileSync(theirs, foreign('Their new lab').replace('eve@', 'trudy@'));
  await secondInstance(electron, theirs);
  await asked(4);
  await held.press(2, TRUST);
  await bar.waitFor();
  await held.press(3, DECLINE);
  await bar.waitFor();
  const words = await held.said();
  expect(words.map((text) => /\b(eve|mallory|trudy)@/.exec(text)?.[1])).toEqual([
    'eve',
    'eve',
    'mallory',
    'trudy',
  ]);
  expect(server.dialled).toBe(0);

  // Closed while it stands, nobody has agreed: the next start asks.
  await window.page.getByTestId('review-trust').click();
  await asked(5);
  await close(session);
  await ended(session);
  const next = await open({ fleet: theirs, trusted: false, home: electron.home });
  await next.window.page.getByTestId('untrusted').waitFor();
  expect(server.dialled).toBe(0);
});

it('a practice fleet that comes late throws away nothing that was typed meanwhile, and is left as any other', async () => {
  const session = await begin();
  const { window, electron } = session;
  const engine = await engineOf(electron);
  process.kill(engine, 'SIGSTOP');
  try {
    await clickMenu(electron.app, 'practice');
    await typeName(session);
  } finally {
    process.kill(engine, 'SIGCONT');
  }
  await keepName(session);
  await untilFile(session, 'home.toml · saved');
  await throwNameAway(session);

  await clickMenu(electron.app, 'practice');
  await until(
    'the practice fleet is open',
    async () => !(await window.page.getByTestId('file-state').innerText()).startsWith('home'),
    90_000,
  );
  await window.untilServer('idm-b', 'running', 90_000);
  await typeName(session);
  await nameDialog(session).getByRole('button', { name: 'Name it' }).click();
  await until(
    'it is not saved',
    async () => (await window.page.getByTestId('file-state').innerText()).endsWith('unsaved'),
    LIMIT_MS,
  );
  const question = window.page.getByTestId('unsaved-dialog');
  for (const leave of [() => close(session), () => secondInstance(electron, other)]) {
    await leave();
    await question.getByRole('button', { name: 'Cancel', exact: true }).click();
    await question.waitFor({ state: 'detached' });
    expect(await window.page.getByTestId('file-state').innerText()).toMatch(/unsaved$/);
  }
});

it('a file that is chosen late throws away nothing that was typed or drawn meanwhile; Cancel changes nothing', async () => {
  const session = await begin();
  const { window, electron } = session;
  const held = await holdDialogs(electron);
  const standing = (count: number): Promise<unknown> =>
    until(`${count} stood`, async () => (await held.said()).length === count, LIMIT_MS);
  await clickMenu(electron.app, 'open');
  await standing(1);
  await typeName(session);
  await held.choose(0, null);
  expect(await nameDialog(session).getByLabel('Name').inputValue()).toBe('Cellar');
  await throwNameAway(session);

  await clickMenu(electron.app, 'open');
  await standing(2);
  await typeName(session);
  await held.choose(1, other);
  await keepName(session);
  await nameDialog(session).getByRole('button', { name: 'Name it' }).click();
  await untilFile(session, 'home.toml · unsaved');

  await clickMenu(electron.app, 'undo');
  await untilFile(session, 'home.toml · saved');
  await clickMenu(electron.app, 'open');
  await standing(3);
  await clickMenu(electron.app, 'redo');
  await untilFile(session, 'home.toml · unsaved');
  await held.choose(2, other);
  const question = window.page.getByTestId('unsaved-dialog');
  await question.getByRole('button', { name: 'Cancel', exact: true }).click();
  await untilFile(session, 'home.toml · unsaved');
  expect(readFileSync(home, 'utf8')).toBe(twoServers('Home lab'));
});

it('a place that is not chosen saves nothing, and says so nowhere as saved', async () => {
  const session = await begin();
  const { window, electron } = session;
  await chooseFile(electron.app, null);
  for (const id of ['picture-svg', 'picture-png', 'diagnose', 'save-as']) await clickMenu(electron.app, id);
  await clickMenu(electron.app, 'new');
  await untilFile(session, 'new fleet · unsaved');
  await window.page.keyboard.press('Control+s');
  await close(session);
  const question = window.page.getByTestId('unsaved-dialog');
  await question.getByRole('button', { name: 'Save', exact: true }).click();
  // It is asked still: what was not saved is not lost.
  await question.getByRole('button', { name: 'Cancel', exact: true }).click();
  await untilFile(session, 'new fleet · unsaved');
  expect(await window.page.getByText(/\bsaved\b/i).allInnerTexts()).not.toContainEqual(
    expect.stringMatching(/^Saved/),
  );
  expect(existsSync(join(folder, 'new-fleet.toml'))).toBe(false);
  expect(readFileSync(home, 'utf8')).toBe(twoServers('Home lab'));
});
