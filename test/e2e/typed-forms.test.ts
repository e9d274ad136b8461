import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inOwnFolder } from '../support/own-folder';
import { AdoptDialog } from './pages/adopt-dialog';
import { answerWith, DECLINE, said, TRUST } from './support/app-dialogs';
import { draftNames, draftsOf } from './support/drafts';
import { clickMenu, type ElectronWindow, kill } from './support/electron-window';
import { type Listener, startListener } from './support/listener';
import { open } from './support/session';
import { twoServers } from './support/two-servers';
import { until } from './support/until';

const LIMIT_MS = 30_000;

const text = twoServers('Home lab', ' # ours');

let home: string;
let server: Listener;
inOwnFolder('forms', (folder) => {
  home = join(folder, 'home.toml');
  writeFileSync(home, text);
});
beforeEach(async () => {
  server = await startListener();
});
afterEach(() => server.close());

type Session = Awaited<ReturnType<typeof open>>;

/** Everything that is kept of what is not saved. */
const kept = (electron: ElectronWindow): string =>
  draftNames(electron)
    .map((name) => readFileSync(join(draftsOf(electron), name), 'utf8'))
    .join('\n');
const textDialog = ({ window }: Session) => window.page.getByTestId('text-dialog');
const draftDialog = ({ window }: Session) => window.page.getByTestId('draft-dialog');
const nothingSaved = ({ window }: Session) => window.notices.getByText('Nothing was saved.');

it('text that is typed into the file as text survives a kill, comes back where it was, and Ctrl+S keeps and saves it', async () => {
  const first = await open({ fleet: home });
  await clickMenu(first.electron.app, 'edit-text');
  await textDialog(first).getByRole('textbox').fill(`${text}# typed and not kept\n`);
  await until('it is kept', () => kept(first.electron).includes('typed and not kept'), LIMIT_MS);
  await kill(first.electron);

  const next = await open({ home: first.electron.home });
  await draftDialog(next).getByText('+# typed and not kept').waitFor();
  await draftDialog(next).getByRole('button', { name: 'Take it back' }).click();
  const area = textDialog(next).getByRole('textbox');
  await area.waitFor();
  expect(await area.inputValue()).toBe(`${text}# typed and not kept\n`);
  // It is typed still: Escape asks.
  await next.window.page.keyboard.press('Escape');
  await textDialog(next).getByRole('button', { name: 'Keep it', exact: true }).click();
  expect(kept(next.electron)).toContain('typed and not kept');
  expect(readFileSync(home, 'utf8')).toBe(text);

  await area.press('Control+s');
  await textDialog(next).waitFor({ state: 'detached' });
  await next.window.untilSaved();
  expect(readFileSync(home, 'utf8')).toBe(`${text}# typed and not kept\n`);
  await until('nothing is kept any more', () => kept(next.electron) === '', LIMIT_MS);
});

it('a server’s form survives a kill without a password, and Ctrl+S saves nothing while it cannot be kept', async () => {
  const first = await open({ fleet: home });
  await clickMenu(first.electron.app, 'add-server');
  const { dialog } = first.window.servers;
  await dialog.getByLabel('Name').fill('idm-new');
  await dialog.getByLabel('Replication origin').fill('repl://idm-new.example.com:8444');
  await dialog.getByLabel('SSH address').fill('ada:s3cret@127.0.0.1:1');
  await until('it is kept', () => kept(first.electron).includes('ada@127.0.0.1:1'), LIMIT_MS);
  expect(kept(first.electron)).not.toContain('s3cret');
  await dialog.getByLabel('SSH address').press('Control+s');
  await nothingSaved(first).waitFor();
  expect(await dialog.isVisible()).toBe(true);
  expect(readFileSync(home, 'utf8')).toBe(text);
  await kill(first.electron);

  const next = await open({ home: first.electron.home });
  await draftDialog(next).getByText('the form of a new server').waitFor();
  await draftDialog(next).getByRole('button', { name: 'Take it back' }).click();
  const again = next.window.servers.dialog;
  await again.waitFor();
  expect(await again.getByLabel('Name').inputValue()).toBe('idm-new');
  expect(await again.getByLabel('Replication origin').inputValue()).toBe('repl://idm-new.example.com:8444');
  expect(await again.getByLabel('SSH address').inputValue()).toBe('ada@127.0.0.1:1');
  expect(readFileSync(home, 'utf8')).toBe(text);
  await again.getByRole('button', { name: 'Cancel' }).click();
  await again.getByRole('button', { name: 'Throw it away' }).click();
  await until('nothing is kept any more', () => kept(next.electron) === '', LIMIT_MS);
});

it('Ctrl+S in a server’s form does what its button does, then saves', async () => {
  const session = await open({ fleet: home });
  await session.window.servers.edit('idm-b');
  const { dialog } = session.window.servers;
  await dialog.getByLabel('Replication origin').fill('repl://idm-b.example.com:8444');
  await dialog.getByLabel('Replication origin').press('Control+s');
  await dialog.waitFor({ state: 'detached' });
  await session.window.untilSaved();
  expect(readFileSync(home, 'utf8')).toContain('origin = "repl://idm-b.example.com:8444"');
});

it('a server’s form that came back dials nobody, and is not kept, before the person trusts what it names', async () => {
  const endpoint = 'endpoint = "ssh://ada@127.0.0.1:1"';
  writeFileSync(
    home,
    `version = 1\nname = "Lab"\n\n[[server]]\nid = "idm-a"\nconnect = "ssh"\n${endpoint}\n`,
  );
  const first = await open({ fleet: home });
  await clickMenu(first.electron.app, 'add-server');
  const address = `eve@127.0.0.1:${server.port}`;
  await first.window.servers.dialog.getByLabel('Name').fill('idm-new');
  await first.window.servers.dialog.getByLabel('SSH address').fill(address);
  await until('it is kept', () => kept(first.electron).includes(address), LIMIT_MS);
  await kill(first.electron);

  const next = await open({ home: first.electron.home });
  await draftDialog(next).getByRole('button', { name: 'Take it back' }).click();
  const { servers } = next.window;
  await servers.dialog.waitFor();
  await answerWith(next.electron, DECLINE);
  await servers.startTest();
  await until('it was asked', async () => (await said(next.electron)).length === 1, LIMIT_MS);
  expect((await said(next.electron))[0]).toContain(`idm-new: SSH ${address}`);
  await servers.dialog.getByRole('button', { name: 'Add server' }).click();
  await until('it was asked again', async () => (await said(next.electron)).length === 2, LIMIT_MS);
  expect(await servers.dialog.isVisible()).toBe(true);
  expect(await servers.row('idm-new').count()).toBe(0);
  expect(server.dialled).toBe(0);

  await answerWith(next.electron, TRUST);
  await servers.startTest();
  await until('it is dialled', () => server.dialled > 0, LIMIT_MS);
  await servers.untilTested();
  const asked = (await said(next.electron)).length;
  await servers.dialog.getByRole('button', { name: 'Add server' }).click();
  await servers.row('idm-new').waitFor();
  expect(await said(next.electron)).toHaveLength(asked);
});

it('typed addresses of servers to adopt survive a kill without a password, also with no fleet open, and are dialled once trusted', async () => {
  const first = await open();
  await first.window.page.getByTestId('welcome-adopt').click();
  const row = (dialog: AdoptDialog, n: number) =>
    dialog.root.locator(`[data-adopt-row="${n}"]`).getByLabel('SSH address');
  const adopt = new AdoptDialog(first.window.page);
  await row(adopt, 1).fill(`ada:s3cret@127.0.0.1:${server.port}`);
  await row(adopt, 2).fill('idm-b.example.com');
  await until('it is kept', () => kept(first.electron).includes('idm-b.example.com'), LIMIT_MS);
  expect(kept(first.electron)).not.toContain('s3cret');
  await kill(first.electron);

  const next = await open({ home: first.electron.home });
  await draftDialog(next).getByText('the list of servers to adopt').waitFor();
  await draftDialog(next).getByRole('button', { name: 'Take it back' }).click();
  const again = new AdoptDialog(next.window.page);
  await again.root.waitFor();
  expect(await row(again, 1).inputValue()).toBe(`ada@127.0.0.1:${server.port}`);
  expect(await row(again, 2).inputValue()).toBe('idm-b.example.com');
  expect(await next.window.page.getByTestId('file-state').count()).toBe(0);
  await row(again, 2).fill('');
  await answerWith(next.electron, DECLINE);
  await again.root.getByTestId('adopt-look').click();
  await until('it was asked', async () => (await said(next.electron)).length === 1, LIMIT_MS);
  expect((await said(next.electron))[0]).toContain(`SSH ada@127.0.0.1:${server.port}`);
  await row(again, 1).waitFor();
  expect(server.dialled).toBe(0);
  await answerWith(next.electron, TRUST);
  await again.look();
  expect(server.dialled).toBeGreaterThan(0);
  // What was typed is asked about, also once the servers were read.
  await next.window.page.keyboard.press('Escape');
  await again.root.getByRole('button', { name: 'Throw it away' }).click();
  await again.root.waitFor({ state: 'detached' });
  await until('nothing is kept any more', () => kept(next.electron) === '', LIMIT_MS);
});

it('a kill in the middle of a word loses no more than the last moment, and leaves no draft that cannot be read', async () => {
  const first = await open({ fleet: home });
  await clickMenu(first.electron.app, 'edit-text');
  const typed = Array.from({ length: 400 }, (_, n) => `# word ${n}\n`).join('');
  await textDialog(first).getByRole('textbox').press('Control+End');
  // The window goes while it types.
  const typing = first.window.page.keyboard.type(typed, { delay: 5 }).catch(() => undefined);
  await until('some of it is kept', () => kept(first.electron).includes('# word 20'), LIMIT_MS);
  await kill(first.electron);
  await typing;

  const next = await open({ home: first.electron.home });
  await draftDialog(next).getByRole('button', { name: 'Take it back' }).click();
  const back = await textDialog(next).getByRole('textbox').inputValue();
  expect(back).toContain('# word 20');
  expect(`${text}${typed}`.startsWith(back)).toBe(true);
  expect(readFileSync(home, 'utf8')).toBe(text);
});
