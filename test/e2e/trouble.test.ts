import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { draftNames } from './support/drafts';
import { open, practise, type Practice } from './support/session';
import { until } from './support/until';

const LIMIT_MS = 30_000;

describe('a server that asks for a password', () => {
  it('is not reached with a wrong one, says so, and is reached with the right one, which is kept nowhere', async () => {
    const practice = await practise({ servers: 1, keyLogin: false, password: 'correct horse' });
    const before = practice.server('idm-a').configText;
    const { window, electron } = await open({ fleet: practice.fleet.fleet });

    await window.questions.giveSecret('battery staple');
    await window.questions.secret.getByText('That was not right').waitFor();
    await window.questions.declineSecret();
    await window.untilServer('idm-a', 'unreachable', LIMIT_MS);
    expect((await window.problems()).join('\n')).toMatch(/password|log in|authenticat/i);

    await window.check();
    await window.questions.giveSecret('correct horse');
    await window.untilServer('idm-a', 'running', LIMIT_MS);
    expect(practice.server('idm-a').configText).toBe(before);

    // Nor with what is not saved: a draft holds the fleet file's text, and nothing that was asked for.
    await window.servers.select('idm-a');
    await window.page.keyboard.press('Delete');
    await window.page.getByTestId('remove-dialog').getByRole('button', { name: 'Remove idm-a' }).click();
    await until('a draft is kept', () => draftNames(electron).length > 0, LIMIT_MS);
    const holds = (path: string): boolean =>
      // What Electron has removed meanwhile holds nothing.
      existsSync(path) && /correct horse|battery staple/.test(readFileSync(path, 'latin1'));
    const files = readdirSync(electron.home, { recursive: true, withFileTypes: true }).filter((it) =>
      it.isFile(),
    );
    expect(files.map((it) => join(it.parentPath, it.name)).filter(holds)).toEqual([]);
  });
});

describe('a host key', () => {
  it('that is unknown is shown with its fingerprint; only an accepted one is written down and used', async () => {
    const { fleet } = await practise({ servers: 1, knownHosts: false });
    const machine = fleet.machine('idm-a');
    const { window } = await open({ fleet: fleet.fleet });

    expect(await window.questions.answerHostKey(false)).toBe(machine.fingerprint);
    await window.untilServer('idm-a', 'unreachable', LIMIT_MS);
    expect(knownHosts(fleet)).toBe('');

    // Nor is it asked again until the person wants it.
    expect(await window.questions.hostKey.count()).toBe(0);
    await window.check();
    expect(await window.questions.answerHostKey(true)).toBe(machine.fingerprint);
    await window.untilServer('idm-a', 'running', LIMIT_MS);
    expect(knownHosts(fleet).trim()).toBe(machine.knownHostsLine);
  });

  it('that has changed is never asked about: the server is not reached, both fingerprints are shown', async () => {
    const { fleet, server } = await practise({ servers: 1 });
    const machine = fleet.machine('idm-a');
    const known = machine.fingerprint;
    const file = knownHosts(fleet);
    const shown = machine.changeHostKey();
    const before = server('idm-a').configText;
    const { window } = await open({ fleet: fleet.fleet });

    await window.untilServer('idm-a', 'unreachable', LIMIT_MS);
    await window.servers.edit('idm-a');
    await window.servers.startTest();
    const { text } = await window.servers.untilTested();
    expect(text).toContain(known);
    expect(text).toContain(shown);
    expect(await window.questions.hostKey.count()).toBe(0);
    expect(knownHosts(fleet)).toBe(file);
    expect(server('idm-a').configText).toBe(before);
  });
});

describe('a fleet file', () => {
  it.each([
    {
      what: 'that is not TOML',
      spoil: (text: string) => text.replace('connect = "ssh"', 'connect = ssh'),
      said: /fleet\.toml:7:\d+/,
    },
    {
      what: 'with a link to an unknown server',
      spoil: (text: string) => `${text}\n[[link]]\nsupplier = "idm-a"\nconsumer = "idm-x"\n`,
      said: /idm-x/,
    },
    {
      what: 'with one origin on two servers',
      spoil: (text: string) => {
        const [first = ''] = /^origin = .*$/m.exec(text) ?? [];
        return text.replaceAll(/^origin = .*$/gm, first);
      },
      said: /origin/,
    },
  ])('$what is shown with its place, and nothing is changed anywhere', async ({ spoil, said }) => {
    const { fleet, servers } = await practise();
    const before = servers.map((server) => server.configText);
    const spoiled = spoil(readFileSync(fleet.fleet, 'utf8'));
    writeFileSync(fleet.fleet, spoiled);
    const { window } = await open({ fleet: fleet.fleet });

    const problems = await until(
      'a problem is listed',
      async () => {
        const listed = await window.problems();
        return listed.some((text) => said.test(text)) && listed;
      },
      LIMIT_MS,
    );
    expect(problems.join('\n')).toMatch(said);
    expect(await window.canBeDeployed()).toBe(false);
    expect(readFileSync(fleet.fleet, 'utf8')).toBe(spoiled);
    expect(servers.map((server) => server.configText)).toEqual(before);
  });
});

function knownHosts(fleet: Practice['fleet']): string {
  try {
    return readFileSync(fleet.knownHosts, 'utf8');
  } catch {
    return '';
  }
}

it('an engine that is killed comes back without a click, and what was watched is watched again', async () => {
  const { fleet } = await practise({ servers: 2 });
  const { window, electron } = await open({ fleet: fleet.fleet });
  await window.untilServer('idm-a', 'running', LIMIT_MS);
  const pidOf = () =>
    electron.app.evaluate(
      ({ app }) => app.getAppMetrics().find(({ name }) => name === 'Kanilink engine')?.pid ?? null,
    );
  const pid = await pidOf();
  if (pid === null) throw new Error('there is no engine process');
  process.kill(pid, 'SIGKILL');

  await window.page
    .getByText('The engine had stopped and was started again.')
    .first()
    .waitFor({ timeout: LIMIT_MS });
  await until(
    'the servers are watched again',
    async () => (await window.watching.getAttribute('data-live')) === 'true',
    LIMIT_MS,
  );
  await window.untilServer('idm-b', 'running', LIMIT_MS);
  expect(await pidOf()).not.toBe(pid);
  expect(electron.logFile()).toContain('the engine is started again in 1 s');
});
