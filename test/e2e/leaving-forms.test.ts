import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Locator } from 'playwright';
import { inOwnFolder } from '../support/own-folder';
import { askAsEngine } from './support/app-dialogs';
import { draftNames, draftsOf } from './support/drafts';
import {
  chooseFile,
  clickMenu,
  clickRecent,
  dropFile,
  secondInstance,
  trustFile,
} from './support/electron-window';
import type { TypedFormName } from './support/forms';
import { open, practise } from './support/session';
import { pair } from './support/story';
import { twoServers } from './support/two-servers';
import { until } from './support/until';

const LIMIT_MS = 30_000;
const LINK = '\n[[link]]\nsupplier = "idm-a"\nconsumer = "idm-b"\n';
const C = '\n[[server]]\nid = "idm-c"\nconnect = "ssh"\nendpoint = "ssh://ada@127.0.0.1:1"\n';

let home: string;
let other: string;
inOwnFolder('leaving', (folder) => {
  home = join(folder, 'home.toml');
  other = join(folder, 'other.toml');
  writeFileSync(home, twoServers('Home lab') + C + LINK);
  writeFileSync(other, twoServers('Other lab'));
});

type Session = Awaited<ReturnType<typeof open>>;

interface Form {
  /** The `data-testid` of its dialog. */
  readonly id: string;
  go(session: Session): Promise<unknown>;
  /** Types or chooses something in it. */
  type(form: Locator): Promise<unknown>;
  /** What was typed, as long as it stands there. */
  typed(form: Locator): Promise<unknown>;
  /** It stands above the window, so that only its own ways lead out of it. */
  readonly above?: true;
  /** The button that gives it up. */
  readonly cancel?: string;
}

const menu =
  (id: string) =>
  ({ electron }: Session): Promise<void> =>
    clickMenu(electron.app, id);
const field = (label: string, words: string): Pick<Form, 'type' | 'typed'> => ({
  type: (form) => form.getByLabel(label).first().fill(words),
  typed: async (form) => (await form.getByLabel(label).first().inputValue()) === words,
});
const choice = (testid: string): Pick<Form, 'type' | 'typed'> => {
  const box = (form: Locator): Locator => form.locator(`[data-testid^="${testid}"]`).first();
  return {
    type: (form) => box(form).click(),
    typed: async (form) => (await box(form).locator('input:checked').count()) === 1,
  };
};

/** In the order in which they are opened: those at the end have changes that are not saved. */
const forms: Readonly<Record<Exclude<TypedFormName, 'ReviewDialog'>, readonly Form[]>> = {
  ServerDialog: [
    { id: 'server-dialog', go: menu('add-server'), ...field('SSH address', 'ada@idm-d.example.com') },
    { id: 'server-dialog', go: menu('add-server'), ...choice('connect-docker') },
    {
      id: 'server-dialog',
      go: ({ window }) => window.servers.edit('idm-b'),
      ...field('Replication origin', 'repl://idm-b.example.com:8444'),
    },
  ],
  TextDialog: [{ id: 'text-dialog', go: menu('edit-text'), ...field('The fleet file', '# mine\n') }],
  NameDialog: [{ id: 'name-dialog', go: menu('name'), ...field('Name', 'Cellar') }],
  AdoptDialog: [{ id: 'adopt-dialog', go: menu('adopt'), ...field('SSH address', 'ada@idm-d.example.com') }],
  BoundDialog: [
    {
      id: 'bound-dialog',
      go: async (session) => {
        await menu('history')(session);
        await session.window.page.getByTestId('change-bound').click();
      },
      ...field('Days', '30'),
    },
  ],
  PairDialog: [{ id: 'pair-dialog', go: menu('pair'), ...choice('wins-') }],
  RemoveDialog: [
    {
      id: 'remove-dialog',
      go: async (session) => {
        await session.window.servers.select('idm-b');
        await session.window.page.keyboard.press('Delete');
      },
      ...field('Its replication origin', 'repl://idm-b.example.com:8444'),
    },
  ],
  AnswersDialog: [
    {
      id: 'answers-dialog',
      go: async ({ window }) => {
        await window.servers.select('idm-a');
        await window.page.getByTestId('who-answers').click();
      },
      ...field('Public origin', 'https://idm.example.com'),
      cancel: 'Close',
    },
  ],
  SecretDialog: [
    {
      id: 'secret-dialog',
      go: ({ electron }) =>
        askAsEngine(electron, 'secret', {
          server: 'idm-a',
          kind: 'passphrase',
          subject: '~/.ssh/id_ed25519',
          prompt: '',
          echo: false,
          attempt: 1,
        }),
      type: (form) => form.getByTestId('secret-input').fill('not told'),
      typed: async (form) => (await form.getByTestId('secret-input').inputValue()) === 'not told',
      above: true,
    },
  ],
  DiskDialog: [
    {
      id: 'disk-dialog',
      go: async ({ window, electron }) => {
        const bar = window.page.getByTestId('disk-bar');
        if (!(await bar.isVisible())) {
          await clickMenu(electron.app, 'name');
          await window.page.getByTestId('name-dialog').getByLabel('Name').fill('Mine');
          await window.page.getByTestId('name-dialog').getByRole('button', { name: 'Name it' }).click();
          writeFileSync(home, readFileSync(home, 'utf8').replace('Home lab', 'Theirs'));
        }
        await bar.getByRole('button').first().click();
      },
      ...choice('take-theirs'),
      cancel: 'Later',
    },
  ],
};

/** What anybody does to a form on purpose. */
const own = (form: Form): Readonly<Record<string, (session: Session) => Promise<unknown>>> => ({
  Escape: ({ window }) => window.page.keyboard.press('Escape'),
  'its cross': ({ window }) =>
    window.page.getByTestId(form.id).getByRole('button', { name: 'Close' }).first().click(),
  'a click beside it': ({ window }) => window.page.mouse.click(5, 400),
  [form.cancel ?? 'Cancel']: ({ window }) =>
    window.page
      .getByTestId(form.id)
      .getByRole('button', { name: form.cancel ?? 'Cancel', exact: true })
      .last()
      .click(),
});

/** What happens to the whole window. */
const whole: Readonly<Record<string, (session: Session) => Promise<unknown>>> = {
  ...Object.fromEntries(
    ['palette', 'new', 'open', 'adopt', 'practice', 'keys', 'name'].map((id) => [id, menu(id)]),
  ),
  'a recent file': ({ electron }) => clickRecent(electron.app, 'home.toml'),
  'a second instance': ({ electron }) => secondInstance(electron, other),
  'a dropped file': ({ window }) => dropFile(window.page, other),
  close: ({ electron }) =>
    electron.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close()),
  quit: ({ electron }) => electron.app.evaluate(({ app }) => app.quit()),
};

/** Goes every way out of a form, without and with words in it. */
async function walk(session: Session, name: string, form: Form): Promise<void> {
  const dialog = session.window.page.getByTestId(form.id);
  const question = dialog.getByRole('alertdialog');
  const ways = own(form);
  for (const [way, go] of Object.entries(ways)) {
    await form.go(session);
    await dialog.waitFor();
    await go(session);
    await dialog.waitFor({ state: 'detached' }).catch((cause: unknown) => {
      throw new Error(`${name}, nothing typed: ${way} does not close it`, { cause });
    });
  }
  await form.go(session);
  await form.type(dialog);
  for (const [way, go] of Object.entries({ ...ways, ...(form.above ? {} : whole) })) {
    await go(session);
    await question.waitFor().catch((cause: unknown) => {
      throw new Error(`${name}, with typed words: ${way} does not ask`, { cause });
    });
    await question.getByRole('button', { name: 'Keep it', exact: true }).click();
    await question.waitFor({ state: 'detached' });
    expect(await form.typed(dialog), `${name}: what was typed, after ${way}`).toBe(true);
  }
  await session.window.page.keyboard.press('Escape');
  await question.getByRole('button', { name: 'Throw it away' }).click();
  await dialog.waitFor({ state: 'detached' });
}

it('no way out of a form throws typed words away without a question, and none asks where nothing was typed', async () => {
  const session = await open({ fleet: home });
  await trustFile(session.electron.home, other);
  await session.window.servers.row('idm-c').waitFor();
  await chooseFile(session.electron.app, other);
  for (const [name, all] of Object.entries(forms)) for (const form of all) await walk(session, name, form);
}, 420_000);

it('nor does one out of the review, once names to be erased are typed', async () => {
  const { fleet } = await practise();
  const session = await open({ fleet: fleet.fleet });
  const { window } = session;
  for (const id of ['idm-a', 'idm-b']) await window.untilServer(id, 'running', LIMIT_MS);
  await pair(window, 'idm-a', 'idm-b', 'idm-a');
  const ways = own({ id: 'review-dialog', go: () => window.openReview(), ...field('Type', '') });
  const erase = window.review.root.locator('[data-erase]').first();
  for (const go of Object.values(ways)) {
    await window.openReview();
    await go(session);
    await window.review.root.waitFor({ state: 'detached' });
  }
  await window.openReview();
  await erase.fill('idm-b');
  const question = window.review.root.getByRole('alertdialog');
  const asking = Object.entries({ ...ways, palette: menu('palette'), new: menu('new') });
  for (const [way, go] of asking) {
    await go(session);
    await question.getByRole('button', { name: 'Keep it', exact: true }).click();
    await question.waitFor({ state: 'detached' });
    expect(await erase.inputValue(), way).toBe('idm-b');
  }
}, 120_000);

it('a question of the engine above a form leaves what was typed in that kept against a crash', async () => {
  const { window, electron } = await open({ fleet: home });
  await window.servers.row('idm-c').waitFor();
  await clickMenu(electron.app, 'name');
  await window.page.getByTestId('name-dialog').getByLabel('Name').fill('Cellar');
  const kept = (): string =>
    draftNames(electron)
      .map((name) => readFileSync(join(draftsOf(electron), name), 'utf8'))
      .join('\n');
  await until('it is kept', () => kept().includes('Cellar'), LIMIT_MS);
  await askAsEngine(electron, 'bare-engine', { server: 'idm-a', endpoint: 'tcp://127.0.0.1:2375' });
  await window.page.getByTestId('bare-engine-dialog').waitFor();
  await window.page.keyboard.press('Escape');
  await window.page.getByTestId('bare-engine-dialog').waitFor({ state: 'detached' });
  // Whatever was to be written is written once a later change is.
  await clickMenu(electron.app, 'new');
  await window.page.getByTestId('name-dialog').getByRole('button', { name: 'Keep it', exact: true }).click();
  expect(kept()).toContain('Cellar');
  await window.page.getByTestId('name-dialog').getByLabel('Name').fill('Cellars');
  await until('the newest is kept', () => kept().includes('Cellars'), LIMIT_MS);
});
