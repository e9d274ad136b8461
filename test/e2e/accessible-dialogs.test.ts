import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'vitest';
import { viewIds } from '../../shared/ipc/commands';
import { askAsEngine } from './support/app-dialogs';
import { draftNames } from './support/drafts';
import { clickMenu, kill } from './support/electron-window';
import { Looks } from './support/looks';
import { inOwnFolder } from '../support/own-folder';
import { open } from './support/session';
import type { SurfaceName } from './support/surfaces';
import { until } from './support/until';

const LIMIT_MS = 30_000;
let file: string;
inOwnFolder('dialogs', (folder) => {
  file = join(folder, 'lab.toml');
});

const server = (id: string, endpoint: string): string =>
  `[[server]]\nid = "${id}"\nconnect = "ssh"\n${endpoint}\n\n`;
const text = (...servers: string[]): string => `version = 1\nname = "Lab"\n\n${servers.join('')}`;
const ADA = 'endpoint = "ssh://ada@127.0.0.1:1"';
const BOB = 'endpoint = "ssh://bob@127.0.0.1:2"';

it('no dialog or state of a fleet file has a mistake, in both themes', async () => {
  const looks = new Looks('fleet file');
  writeFileSync(
    file,
    `${text(server('idm-a', ADA), server('idm-b', ''))}[[link]]\nsupplier = "idm-a"\nconsumer = "idm-x"\n`,
  );
  const faulty = await open({ fleet: file });
  const { page } = faulty.window;
  await looks.at(page, 'FaultBar');
  await page.getByTestId('fault-bar').getByRole('button', { name: 'Fix…' }).click();
  await looks.at(page, 'FaultsDialog');
  await page
    .getByTestId('faults-dialog')
    .getByRole('button', { name: /Edit line/ })
    .first()
    .click();
  await page
    .getByTestId('text-dialog')
    .getByRole('textbox')
    .fill(text(server('idm-a', ADA), server('idm-b', BOB)));
  await looks.at(page, 'TextDialog');
  await page.keyboard.press('Escape');
  await page.getByRole('alertdialog').waitFor();
  await looks.at(page, 'TextDialog', 'throw away what was typed');
  await page.getByRole('button', { name: 'Keep it', exact: true }).click();
  await page.getByRole('button', { name: 'Keep the text' }).click();
  await page.getByTestId('text-dialog').waitFor({ state: 'detached' });
  await clickMenu(faulty.electron.app, 'name');
  await looks.at(page, 'NameDialog');
  await page.keyboard.press('Escape');
  await faulty.window.servers.select('idm-b');
  await page.keyboard.press('Delete');
  await looks.at(page, 'RemoveDialog');
  await page.keyboard.press('Escape');
  await clickMenu(faulty.electron.app, 'new');
  await looks.at(page, 'UnsavedDialog');
  await page.keyboard.press('Escape');

  writeFileSync(file, text(server('idm-a', ADA), server('idm-c', BOB)));
  await looks.at(page, 'DiskBar');
  await page.getByTestId('disk-bar').getByRole('button').first().click();
  await looks.at(page, 'DiskDialog');

  await until('a draft is kept', () => draftNames(faulty.electron).length > 0, LIMIT_MS);
  await kill(faulty.electron);
  const next = await open({ home: faulty.electron.home });
  await looks.at(next.window.page, 'DraftDialog');
  await next.window.page.getByRole('button', { name: 'Later' }).click();
  await next.window.page.getByTestId('draft-dialog').waitFor({ state: 'detached' });
  await looks.at(next.window.page, ['DraftBar', 'Welcome'], 'recent files');
  await clickMenu(next.electron.app, 'adopt');
  await looks.at(next.window.page, 'AdoptDialog');
  await next.window.page.getByTestId('adopt-look').click();
  await looks.at(next.window.page, 'AdoptDialog', 'nothing typed');
  looks.end();
});

it('no question of the engine, no crash and nothing that is said of a server that is not there has one either', async () => {
  const looks = new Looks('engine asks');
  writeFileSync(file, text(server('idm-a', ADA)));
  const session = await open({ fleet: file });
  const { page } = session.window;
  // Nothing answers at its server: what is said of it, and a plan that cannot be made.
  await session.window.untilServer('idm-a', 'unreachable', LIMIT_MS);
  for (const id of viewIds) {
    await clickMenu(session.electron.app, id);
    await looks.at(page, 'TopBar', `unreachable, ${id}`);
  }
  await clickMenu(session.electron.app, 'canvas');
  await page.getByTestId('review').click();
  await looks.at(page, 'ReviewDialog', 'no plan');
  await page.keyboard.press('Escape');
  await clickMenu(session.electron.app, 'add-server');
  await page.getByTestId('server-dialog').getByTestId('connect-docker').click();
  await page.getByTestId('server-dialog').getByRole('button', { name: 'Add server' }).click();
  await looks.at(page, 'ServerDialog', 'faults in Docker');
  await page.keyboard.press('Control+s');
  await session.window.notices.getByText('Nothing was saved.').waitFor();
  await looks.at(page, 'ServerDialog', 'a notice');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Throw it away' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const asked = async (surface: SurfaceName, name: string, question: object): Promise<void> => {
    await askAsEngine(session.electron, name, question);
    await looks.at(page, surface);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  };
  const line = 'idm-a ssh-ed25519 AAAA';
  await asked('HostKeyDialog', 'host-key', {
    server: 'idm-a',
    host: '127.0.0.1',
    keyType: 'ssh-ed25519',
    fingerprint: 'SHA256:abc',
    line,
    knownHostsFile: '~/.ssh/known_hosts',
  });
  await asked('BareEngineDialog', 'bare-engine', { server: 'idm-a', endpoint: 'tcp://127.0.0.1:2375' });
  await asked('SecretDialog', 'secret', {
    server: 'idm-a',
    kind: 'passphrase',
    subject: '~/.ssh/id_ed25519',
    attempt: 2,
  });
  await session.window.command('read-only');
  await page.locator('.svelte-flow__node').first().focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowRight');
  await session.window.notices.getByText('The fleet is locked.').waitFor();
  await looks.at(page, 'Canvas', 'a notice');
  // What is not so any more leaves by itself.
  await session.window.command('read-only');
  await session.window.notices.getByText('The fleet is locked.').waitFor({ state: 'detached' });
  const files = await page.evaluateHandle(() => {
    const dragged = new DataTransfer();
    dragged.items.add(new File([], 'fleet.toml'));
    return dragged;
  });
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: files });
  await looks.at(page, 'DropHint');
  await page.dispatchEvent('body', 'dragleave');
  await page.getByTestId('drop-hint').waitFor({ state: 'detached' });
  await page.evaluate(() => {
    setTimeout(() => {
      throw new Error('made by a test');
    });
  });
  await looks.at(page, 'CrashScreen');
  looks.end();
});
