import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseFile, clickMenu, secondInstance, type ElectronWindow } from './support/electron-window';
import { answerWith, DECLINE, said, TRUST } from './support/app-dialogs';
import { type Listener, startListener } from './support/listener';
import { Looks } from './support/looks';
import { open } from './support/session';
import { until } from './support/until';

const LIMIT_MS = 30_000;
/** Long enough for the window to dial a fleet it may dial. */
const QUIET_MS = 2_500;

let folder: string;
let file: string;
let server: Listener;

beforeEach(async () => {
  server = await startListener();
  const { port } = server;
  folder = mkdtempSync(join(tmpdir(), 'kanilink-trust-'));
  file = join(folder, 'theirs.toml');
  writeFileSync(
    file,
    `version = 1\nname = "Their lab"\n\n[[server]]\nid = "idm-a"\nconnect = "ssh"\nendpoint = "ssh://ada@127.0.0.1:${port}"\nknown_hosts = "their-hosts"\n`,
  );
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const ways: readonly (readonly [string, (electron: ElectronWindow) => Promise<unknown>])[] = [
  [
    'Open',
    async ({ app }) => {
      await chooseFile(app, file);
      await clickMenu(app, 'open');
    },
  ],
  ['a second instance', (electron) => secondInstance(electron, file)],
  [
    'open-file',
    ({ app }) =>
      app.evaluate(({ app: electron }, path) => {
        electron.emit('open-file', { preventDefault: () => undefined }, path);
      }, file),
  ],
];

describe('a fleet file that was not made here', () => {
  it.each(ways)(
    'opened by %s is drawn and nothing is dialled, until the person trusts it',
    async (_, openIt) => {
      const { window, electron } = await open();
      const { page } = window;
      await page.getByTestId('welcome-practice').waitFor();
      await answerWith(electron, DECLINE);
      await openIt(electron);
      await page.getByTestId('untrusted').waitFor();
      await window.canvas.server('idm-a').waitFor();
      await until('it was asked', async () => (await said(electron)).length === 1, LIMIT_MS);
      const [question = ''] = await said(electron);
      expect(question).toContain('Trust this fleet file?');
      expect(question).toContain(`idm-a: SSH ada@127.0.0.1:${server.port}`);
      expect(question).toContain(join(folder, 'their-hosts'));
      // Neither by itself, nor by anything that would read.
      await page.keyboard.press('F5');
      await window.openTab('Problems');
      await page.getByText('Review what it would use, and trust it.').first().waitFor();
      await window.openTab('Certificates');
      await window.servers.select('idm-a');
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      expect(server.dialled).toBe(0);
      expect(await page.getByTestId('watching').innerText()).toContain('not trusted');
      expect(await page.getByTestId('review').count()).toBe(0);

      await answerWith(electron, TRUST);
      await page.getByTestId('review-trust').click();
      await page.getByTestId('untrusted').waitFor({ state: 'detached' });
      await until('its server is dialled', () => server.dialled > 0, LIMIT_MS);
    },
  );

  it('is asked about again when somebody changed the host keys it has believed', async () => {
    const hosts = join(folder, 'their-hosts');
    writeFileSync(hosts, 'idm-a ssh-ed25519 AAAA\n');
    const { window, electron } = await open({ fleet: file });
    await until('its server is dialled', () => server.dialled > 0, LIMIT_MS);
    await answerWith(electron, DECLINE);
    writeFileSync(hosts, 'idm-a ssh-ed25519 BBBB\n');
    await chooseFile(electron.app, file);
    await clickMenu(electron.app, 'open');
    await until('it was asked', async () => (await said(electron)).length === 1, LIMIT_MS);
    const [question = ''] = await said(electron);
    expect(question).toContain('Trust the changed files of this fleet?');
    expect(question).toContain(hosts);
    await window.page.getByTestId('untrusted').waitFor();
  });

  it('named on the command line is not dialled either, and asked about once', async () => {
    const { window, electron } = await open({ fleet: file, trusted: false });
    const looks = new Looks('not trusted');
    await looks.at(window.page, 'TrustBar');
    looks.end();
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    expect(server.dialled).toBe(0);
    // The real dialog of the system is on the screen: this one is answered in its place.
    await answerWith(electron, TRUST);
    await window.page.getByTestId('review-trust').click();
    await until('its server is dialled', () => server.dialled > 0, LIMIT_MS);
    await answerWith(electron, DECLINE);
    await secondInstance(electron, file);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await said(electron)).toHaveLength(1);
    expect(await window.page.getByTestId('untrusted').count()).toBe(0);

    appendFileSync(file, `\n[[server]]\nid = "idm-b"\nconnect = "ssh"\nendpoint = "ssh://eve@127.0.0.1:1"\n`);
    await secondInstance(electron, file);
    await window.page.getByTestId('untrusted').waitFor();
    const changed = (await said(electron)).at(-1) ?? '';
    expect(changed).toContain('Trust the changed fleet file?');
    expect(changed).toContain('idm-b: SSH eve@127.0.0.1:1');
    expect(changed).not.toContain('ada@');
  });
});

describe('a page that is no longer ours', () => {
  it('cannot trust a file, nor read or write one that the person did not choose', async () => {
    const { window, electron } = await open({ fleet: file, trusted: false });
    const { page } = window;
    await page.getByTestId('untrusted').waitFor();
    const victim = join(folder, 'victim.toml');
    const key = join(folder, 'id_ed25519');
    writeFileSync(key, 'PRIVATE KEY');
    const target = {
      file,
      victim,
      key,
      profile: join(electron.home, '.bashrc'),
      text: readFileSync(file, 'utf8'),
    };
    const answers = await page.evaluate(async (paths) => {
      const bridge = Reflect.get(globalThis, 'kanilink') as {
        send(message: unknown): void;
        listen(
          receive: (message: { kind: string; id: string; answer?: unknown; fault?: unknown }) => void,
        ): void;
      };
      let last = 0;
      const questions: unknown[] = [];
      const ask = (name: string, question: unknown, kind = 'ask') =>
        new Promise<unknown>((resolve) => {
          const id = `evil${(last += 1)}`;
          bridge.listen((message) => {
            if (message.kind === 'question') questions.push(message);
            if (message.id === id && message.kind !== 'items') resolve(message.answer ?? message.fault);
          });
          bridge.send({ kind, id, name, question });
        });
      const { file, victim, key, profile, text } = paths;
      const fleet = { path: victim, text };
      const result = {
        load: await ask('fleet.load', { path: key }),
        save: await ask('fleet.save', { path: victim, text: 'x', expect: null, from: null }),
        profile: await ask('fleet.save', { path: profile, text: 'x', expect: null, from: null }),
        from: await ask('fleet.save', { path: file, text, expect: text, from: key }),
        plan: await ask('fleet.plan', { fleet }),
        watch: await ask('watch', { fleet }, 'open'),
        adopt: await ask('servers.adopt', {
          servers: [{ connect: 'ssh', endpoint: 'ssh://nobody@127.0.0.1:1' }],
          fleetPath: key,
        }),
        recent: await ask('settings.write', { recent: [key, file] }),
        settings: await ask('settings.read', {}),
        clipboard: await ask('clipboard.write', { text: 'x'.repeat(5_000_000) }),
        ownPlan: await ask('fleet.plan', { fleet: { path: file, text } }),
      };
      return { result, questions };
    }, target);
    const refused = (code: string) => ({ ok: false, error: expect.objectContaining({ code }) });
    expect(answers.result).toMatchObject({
      load: refused('file-not-chosen'),
      save: refused('file-not-chosen'),
      profile: refused('file-not-chosen'),
      from: refused('file-not-chosen'),
      plan: refused('file-not-chosen'),
      watch: { code: 'file-not-chosen' },
      adopt: refused('file-not-chosen'),
      settings: { ok: true, value: { recent: [file] } },
      clipboard: { ok: false },
      ownPlan: refused('fleet-untrusted'),
    });
    // The page never sees the question for trust; the system's dialog stands there unanswered.
    expect(answers.questions).toEqual([]);
    expect(existsSync(victim)).toBe(false);
    expect(existsSync(target.profile)).toBe(false);
    expect(server.dialled).toBe(0);
  });
});
