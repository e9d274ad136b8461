import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { clickMenu, dropFile, secondInstance } from './support/electron-window';
import { inOwnFolder } from '../support/own-folder';
import { open } from './support/session';
import { until } from './support/until';

const LIMIT_MS = 30_000;
let folder: string;
let file: string;
inOwnFolder('faults', (made) => {
  folder = made;
  file = join(folder, 'lab.toml');
});

const server = (id: string, endpoint: string): string =>
  `[[server]]\nid = "${id}"\nconnect = "ssh"\n${endpoint}\n`;
const good = (...ids: string[]): string =>
  ['version = 1\nname = "Lab"\n', ...ids.map((id) => server(id, 'endpoint = "ssh://ada@127.0.0.1:1"'))].join(
    '\n',
  );

type Session = Awaited<ReturnType<typeof open>>;
const untilText = ({ window }: Session, id: string, text: string): Promise<unknown> =>
  until(
    `${id} says ${text}`,
    async () => (await window.page.getByTestId(id).innerText()).includes(text),
    LIMIT_MS,
  );

it('a fleet file with faults is shown, every fault has its line, and each is mended in the window', async () => {
  writeFileSync(
    file,
    `${good('idm-a')}
# the one in the cellar
${server('idm-b', '')}
[[link]]
supplier = "idm-a"
consumer = "idm-x"

[[server]]
id = "idm-c"
connect = "ssh"
endpoint = ssh://ada@127.0.0.1:2
`,
  );
  const session = await open({ fleet: file, trusted: false });
  const { window, electron } = session;
  // Nothing is asked before it is known what the file uses.
  await electron.app.evaluate(({ dialog }) => {
    dialog.showMessageBox = (...args: unknown[]) => {
      Reflect.set(globalThis, 'asked', (args.at(-1) as { detail: string }).detail);
      return Promise.resolve({ response: 1, checkboxChecked: false });
    };
  });
  const asked = () => electron.app.evaluate(() => Reflect.get(globalThis, 'asked') as string | undefined);
  await window.servers.row('idm-a').waitFor();
  await window.servers.row('idm-b').waitFor();
  await untilText(session, 'fault-bar', 'lab.toml has 3 faults');
  await window.page.getByText('Not read: the fleet file has faults.').first().waitFor();
  await window.page.getByTestId('fault-bar').getByRole('button', { name: 'Fix…' }).click();
  const faults = window.page.getByTestId('faults-dialog');
  for (const place of ['lab.toml:10', 'lab.toml:17', 'lab.toml:22'])
    await faults.getByText(place).first().waitFor();

  await faults.getByRole('button', { name: 'Edit line 22…' }).click();
  const text = window.page.getByTestId('text-dialog');
  const area = text.getByRole('textbox');
  await until(
    'the line is selected',
    () =>
      area.evaluate((it: HTMLTextAreaElement) =>
        it.value.slice(it.selectionStart, it.selectionEnd).startsWith('endpoint = ssh'),
      ),
    LIMIT_MS,
  );
  await window.page.keyboard.type('endpoint = "ssh://ada@127.0.0.1:2"');
  await text.getByRole('button', { name: 'Keep it, with 2 faults' }).click();
  await window.servers.row('idm-c').waitFor();

  await window.page.getByTestId('fault-bar').getByRole('button', { name: 'Fix…' }).click();
  await faults.getByRole('button', { name: 'Remove the link' }).click();
  await faults.getByText('lab.toml has 1 fault').waitFor();
  expect(await asked()).toBeUndefined();
  await faults.getByRole('button', { name: 'Edit idm-b…' }).click();
  const form = window.page.getByTestId('server-dialog');
  await form.getByText('Say where it is reached').waitFor();
  await form.getByLabel('SSH address').fill('ada@127.0.0.1:3');
  await form.getByRole('button', { name: 'Keep changes' }).click();

  await window.page.getByTestId('fault-bar').waitFor({ state: 'detached' });
  // Now it is known whom it would connect to: the person is asked before anything is dialled.
  const question = await until('trust is asked for', asked, LIMIT_MS);
  for (const port of [1, 2, 3]) expect(question).toContain(`127.0.0.1:${port}`);
  await clickMenu(electron.app, 'save');
  await untilText(session, 'file-state', 'lab.toml · saved');
  expect(readFileSync(file, 'utf8')).toContain('# the one in the cellar');
  expect(readFileSync(file, 'utf8')).not.toContain('idm-x');
});

it('a form with typed words asks before Escape, a menu, a dropped file or another start throws it away', async () => {
  writeFileSync(file, good('idm-a'));
  const other = join(folder, 'other.toml');
  writeFileSync(other, good('idm-o'));
  const session = await open({ fleet: file });
  const { window, electron } = session;
  await window.servers.row('idm-a').waitFor();
  const form = window.page.getByTestId('server-dialog');
  const question = form.getByRole('alertdialog');
  const typed = async (): Promise<string> => form.getByLabel('SSH address').inputValue();

  // Nothing typed, nothing asked.
  await clickMenu(electron.app, 'add-server');
  await form.waitFor();
  await window.page.keyboard.press('Escape');
  await form.waitFor({ state: 'detached' });

  await clickMenu(electron.app, 'add-server');
  await form.getByLabel('SSH address').fill('ada@idm-b.example.com');
  const ways: readonly (() => Promise<unknown>)[] = [
    () => window.page.keyboard.press('Escape'),
    () => window.page.mouse.click(5, 400),
    () => clickMenu(electron.app, 'palette'),
    () => clickMenu(electron.app, 'new'),
    () => secondInstance(electron, other),
    () => dropFile(window.page, other),
    () => electron.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close()),
  ];
  for (const go of ways) {
    await go();
    await question.waitFor();
    await question.getByRole('button', { name: 'Keep it' }).click();
    await question.waitFor({ state: 'detached' });
    expect(await typed()).toBe('ada@idm-b.example.com');
    // The person types on where they were.
    await until(
      'the field has the focus again',
      () => form.getByLabel('SSH address').evaluate((field) => field === document.activeElement),
      LIMIT_MS,
    );
  }
  await clickMenu(electron.app, 'new');
  await question.getByRole('button', { name: 'Throw it away' }).click();
  await form.waitFor({ state: 'detached' });
  await untilText(session, 'file-state', 'new fleet · unsaved');
});

it('a fleet file that is dropped on the window is opened, by the question of trust and that of unsaved changes', async () => {
  writeFileSync(file, good('idm-a'));
  const session = await open();
  const { window, electron } = session;
  await electron.app.evaluate(({ dialog }) => {
    dialog.showMessageBox = (...args: unknown[]) => {
      Reflect.set(globalThis, 'asked', (args.at(-1) as { message: string }).message);
      return Promise.resolve({ response: 0, checkboxChecked: false });
    };
  });
  const drop = (): Promise<void> => dropFile(window.page, file);
  await clickMenu(electron.app, 'new');
  await untilText(session, 'file-state', 'new fleet · unsaved');
  await drop();
  const question = window.page.getByTestId('unsaved-dialog');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await untilText(session, 'file-state', 'new fleet · unsaved');
  await drop();
  await question.getByRole('button', { name: 'Don’t save' }).click();
  await untilText(session, 'file-state', 'lab.toml · saved');
  await window.servers.row('idm-a').waitFor();
  await window.page.getByTestId('untrusted').waitFor();
  expect(await electron.app.evaluate(() => Reflect.get(globalThis, 'asked') as string)).toContain('Trust');

  // What the page makes up is no drop, and names no file.
  await window.page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(new File(['x'], '/etc/passwd'));
    globalThis.dispatchEvent(new DragEvent('drop', { dataTransfer: data }));
  });
  expect(electron.logFile()).not.toContain('/etc/passwd');
});
