import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clickMenu } from './support/electron-window';
import { Looks } from './support/looks';
import { inOwnFolder } from '../support/own-folder';
import { open } from './support/session';
import { until } from './support/until';

const LIMIT_MS = 30_000;

const server = (id: string, host: string): string =>
  `[[server]]\nid = "${id}"\nconnect = "ssh"\nendpoint = "ssh://ada@${host}:1"\n`;
const fleetText = (...servers: string[]): string =>
  ['version = 1\nname = "Home lab" # ours\n', ...servers].join('\n');
const A = server('idm-a', '127.0.0.1');
const B = server('idm-b', '127.0.0.1');

let folder: string;
let home: string;
const git = (...args: string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder },
  });

/** A fleet file kept in git; the branch `theirs` holds another version of it. */
function repository(mine: string, theirs: string): void {
  git('init', '--quiet', '--initial-branch', 'main');
  for (const [branch, text] of [
    ['main', mine],
    ['theirs', theirs],
  ] as const) {
    if (branch !== 'main') git('checkout', '--quiet', '-b', branch);
    writeFileSync(home, text);
    git('add', 'home.toml');
    git('commit', '--quiet', '-m', branch);
  }
  git('checkout', '--quiet', 'main');
}

inOwnFolder('disk', (made) => {
  folder = made;
  home = join(folder, 'home.toml');
});

type Session = Awaited<ReturnType<typeof open>>;
const onDisk = (): string => readFileSync(home, 'utf8');
const bar = ({ window }: Session) => window.page.getByTestId('disk-bar');
const dialog = ({ window }: Session) => window.page.getByTestId('disk-dialog');
const untilState = ({ window }: Session, state: string): Promise<unknown> =>
  until(
    `the file is ${state}`,
    async () => (await window.page.getByTestId('file-state').innerText()) === `home.toml · ${state}`,
    LIMIT_MS,
  );

async function removeB({ window }: Session): Promise<void> {
  await window.servers.select('idm-b');
  await window.page.keyboard.press('Delete');
  await window.page.getByTestId('remove-dialog').getByRole('button', { name: 'Remove idm-b' }).click();
  await window.servers.row('idm-b').waitFor({ state: 'detached' });
}

describe('a fleet file that git checks out anew under the open window', () => {
  it('is noticed, shown as a diff, and joined with what is not saved; Save writes both', async () => {
    repository(fleetText(A, B), fleetText(A.replace('[[server]]', '# the oldest\n[[server]]'), B));
    const session = await open({ fleet: home });
    await removeB(session);
    git('checkout', '--quiet', 'theirs');
    await bar(session).waitFor({ timeout: LIMIT_MS });
    // Save writes over nothing that was not seen: it leads to the same question.
    await clickMenu(session.electron.app, 'save');
    await dialog(session).getByText('+# the oldest').waitFor();
    expect(onDisk()).toContain('idm-b');
    await dialog(session).getByRole('button', { name: 'Take both' }).click();
    await untilState(session, 'unsaved');
    await bar(session).waitFor({ state: 'detached' });
    await clickMenu(session.electron.app, 'save');
    await untilState(session, 'saved');
    expect(onDisk()).toContain('# the oldest');
    expect(onDisk()).not.toContain('idm-b');
  });

  it('is asked about where it collides, and by the question of trust where it names somebody new', async () => {
    repository(fleetText(A, B), fleetText(A, server('idm-b', '127.0.0.2'), server('evil', '127.0.0.3')));
    const session = await open({ fleet: home });
    await session.electron.app.evaluate(({ dialog: dialogs }) => {
      dialogs.showMessageBox = (...args: unknown[]) => {
        Reflect.set(globalThis, 'asked', (args.at(-1) as { detail: string }).detail);
        return Promise.resolve({ response: 0, checkboxChecked: false });
      };
    });
    await removeB(session);
    git('checkout', '--quiet', 'theirs');
    await bar(session).getByRole('button', { name: 'Show the changes…' }).click({ timeout: LIMIT_MS });
    const take = dialog(session).getByRole('button', { name: '1 decision left' });
    expect(await take.isDisabled()).toBe(true);
    const collision = dialog(session).locator('[data-collision="server idm-b"]');
    await collision.getByText('Removed.').waitFor();
    const looks = new Looks('collisions');
    await looks.at(session.window.page, 'DiskDialog', 'collisions');
    looks.end();
    await collision.getByTestId('take-theirs').click();
    await dialog(session).getByRole('button', { name: 'Take both' }).click();
    await session.window.servers.row('idm-b').waitFor();
    await session.window.servers.row('evil').waitFor();
    // Nothing of it is dialled before a person has agreed, and this one did not.
    await session.window.page.getByTestId('untrusted').waitFor();
    const asked = await until(
      'it is asked',
      () => session.electron.app.evaluate(() => Reflect.get(globalThis, 'asked') as string | undefined),
      LIMIT_MS,
    );
    expect(asked).toContain('127.0.0.3');
    expect(asked).not.toContain('idm-a');
  });

  it('may be removed: the window keeps it, and saves it again', async () => {
    writeFileSync(home, fleetText(A, B));
    const session = await open({ fleet: home });
    await untilState(session, 'saved');
    rmSync(home);
    await bar(session).getByText('is gone from the disk').waitFor({ timeout: LIMIT_MS });
    await bar(session).getByRole('button', { name: 'Decide…' }).click();
    await dialog(session).getByRole('button', { name: 'Save it again' }).click();
    await untilState(session, 'saved');
    expect(onDisk()).toBe(fleetText(A, B));
    await bar(session).waitFor({ state: 'detached' });
  });
});
