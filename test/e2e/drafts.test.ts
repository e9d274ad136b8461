import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { draftNames, draftsOf } from './support/drafts';
import { clickMenu, type ElectronWindow, kill } from './support/electron-window';
import { inOwnFolder } from '../support/own-folder';
import { open } from './support/session';
import { twoServers } from './support/two-servers';
import { until } from './support/until';

const LIMIT_MS = 30_000;

const text = twoServers('Home lab', ' # ours');

let home: string;
inOwnFolder('drafts', (folder) => {
  home = join(folder, 'home.toml');
  writeFileSync(home, text);
});

type Session = Awaited<ReturnType<typeof open>>;

async function removeB({ window }: Session): Promise<void> {
  await window.servers.select('idm-b');
  await window.page.keyboard.press('Delete');
  await window.page.getByTestId('remove-dialog').getByRole('button', { name: 'Remove idm-b' }).click();
  await window.servers.row('idm-b').waitFor({ state: 'detached' });
}

const untilKept = (electron: ElectronWindow): Promise<unknown> =>
  until('what is not saved is kept', () => draftNames(electron).length === 1, LIMIT_MS);
const dialog = ({ window }: Session) => window.page.getByTestId('draft-dialog');
const fileState = ({ window }: Session) => window.page.getByTestId('file-state').innerText();

describe('what is typed and not saved', () => {
  it('survives a kill, is offered with a diff at the next start, taken back, and gone once saved', async () => {
    const first = await open({ fleet: home });
    await removeB(first);
    await untilKept(first.electron);
    await kill(first.electron);
    const [name = ''] = draftNames(first.electron);
    expect(statSync(draftsOf(first.electron)).mode & 0o777).toBe(0o700);
    expect(statSync(join(draftsOf(first.electron), name)).mode & 0o777).toBe(0o600);

    const next = await open({ home: first.electron.home });
    await dialog(next).getByText('-id = "idm-b"').waitFor();
    await dialog(next).getByRole('button', { name: 'Take it back' }).click();
    await next.window.servers.row('idm-a').waitFor();
    expect(await next.window.servers.row('idm-b').count()).toBe(0);
    expect(await fileState(next)).toBe('home.toml · unsaved');
    expect(readFileSync(home, 'utf8')).toBe(text);
    // It is the same draft, and still there should it end again.
    expect(draftNames(next.electron)).toEqual([name]);

    await clickMenu(next.electron.app, 'save');
    await until('it is saved', async () => (await fileState(next)) === 'home.toml · saved', LIMIT_MS);
    expect(readFileSync(home, 'utf8')).not.toContain('idm-b');
    await until('the draft is gone', () => draftNames(next.electron).length === 0, LIMIT_MS);
  });

  it('of a fleet in no file survives too; “Discard” is for good', async () => {
    const first = await open();
    await clickMenu(first.electron.app, 'new');
    await untilKept(first.electron);
    await kill(first.electron);
    const next = await open({ home: first.electron.home });
    await dialog(next).getByText('+name = "New fleet"').waitFor();
    await dialog(next).getByRole('button', { name: 'Later' }).click();
    await next.window.page.getByTestId('draft-bar').getByRole('button', { name: 'Show diff…' }).click();
    await dialog(next).getByRole('button', { name: 'Discard' }).click();
    await until('the draft is gone', () => draftNames(next.electron).length === 0, LIMIT_MS);
    await next.window.page.getByTestId('draft-bar').waitFor({ state: 'detached' });
    expect(await dialog(next).count()).toBe(0);
  });

  it('is dropped by “Don’t save”, and a damaged draft is no trouble', async () => {
    const first = await open({ fleet: home });
    await removeB(first);
    await untilKept(first.electron);
    await kill(first.electron);
    for (const name of draftNames(first.electron)) truncateSync(join(draftsOf(first.electron), name), 60);

    const next = await open({ home: first.electron.home, fleet: home });
    await removeB(next);
    await until('it is kept beside', () => draftNames(next.electron).length === 2, LIMIT_MS);
    expect(await dialog(next).count()).toBe(0);
    await clickMenu(next.electron.app, 'new');
    await next.window.page.getByTestId('unsaved-dialog').getByRole('button', { name: 'Don’t save' }).click();
    await until(
      'no draft of it is left',
      () =>
        !draftNames(next.electron).some((name) =>
          readFileSync(join(draftsOf(next.electron), name), 'utf8').includes(home + '","base":"version'),
        ),
      LIMIT_MS,
    );
  });
});
