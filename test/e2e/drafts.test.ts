import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answerWith, DECLINE, said } from './support/app-dialogs';
import { draftNames, draftsOf } from './support/drafts';
import {
  chooseFile,
  clickMenu,
  type ElectronWindow,
  engineOf,
  kill,
  secondInstance,
} from './support/electron-window';
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
const keptOf = (electron: ElectronWindow): string =>
  draftNames(electron)
    .map((name) => readFileSync(join(draftsOf(electron), name), 'utf8'))
    .join('\n');
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

  it('and was declined when it came back is nobody’s own for an engine that is started again, nor where it is saved', async () => {
    // A file with faults is not asked about.
    const sound = text.replace(/1"\n$/, '2"\n');
    writeFileSync(home, sound);
    const first = await open({ fleet: home });
    await clickMenu(first.electron.app, 'edit-text');
    const typed = first.window.page.getByTestId('text-dialog');
    await typed.getByRole('textbox').fill(sound.replaceAll('idm-b', 'idm-x').replaceAll('ada@', 'eve@'));
    await typed.getByRole('button', { name: 'Keep the text' }).click();
    await until(
      'the text is kept, and no form',
      () => keptOf(first.electron).includes('"form":null'),
      LIMIT_MS,
    );
    await kill(first.electron);

    const next = await open({ home: first.electron.home });
    const { page, notices } = next.window;
    await dialog(next).waitFor();
    await answerWith(next.electron, DECLINE);
    await dialog(next).getByRole('button', { name: 'Take it back' }).click();
    await page.getByTestId('untrusted').waitFor();
    await until('it was asked', async () => (await said(next.electron)).length === 1, LIMIT_MS);
    process.kill(await engineOf(next.electron), 'SIGKILL');
    await notices.getByText('The engine had stopped and was started again.').waitFor();
    await page.getByTestId('untrusted').waitFor();

    const elsewhere = join(dirname(home), 'elsewhere.toml');
    await chooseFile(next.electron.app, elsewhere);
    await clickMenu(next.electron.app, 'save-as');
    await until('it is saved', async () => (await fileState(next)) === 'elsewhere.toml · saved', LIMIT_MS);
    expect(readFileSync(elsewhere, 'utf8')).toContain('eve@');
    await secondInstance(next.electron, elsewhere);
    await until('it is asked about', async () => (await said(next.electron)).length === 2, LIMIT_MS);
    expect((await said(next.electron))[1]).toContain('eve@');
  });
});
