import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { chooseFile } from './support/electron-window';
import { Looks } from './support/looks';
import { open, practise } from './support/session';
import { untilReplicating } from './support/replication';
import { pair, reviewAndDeploy, ROUNDS_LIMIT_MS } from './support/story';
import { until } from './support/until';

it('the log shows each line once, whatever is edited and checked, and a start as one row', async () => {
  const { fleet } = await practise({ replication: () => true });
  const { window, electron } = await open({ fleet: fleet.fleet });
  const { page } = window;
  const rows = window.logs.locator('[data-log-server]');
  const held = async (): Promise<number> => Number(await window.logs.getAttribute('data-held'));
  /** Lines that match, by server. */
  const matching = async (): Promise<Readonly<Record<string, number>>> => {
    const counts: Record<string, number> = {};
    for (const row of await rows.all()) {
      const server = (await row.getAttribute('data-log-server')) ?? '';
      counts[server] = (counts[server] ?? 0) + Number(await row.getAttribute('data-lines'));
    }
    return counts;
  };
  await window.untilServer('idm-b', 'running', 30_000);

  // The first look at two fresh servers: a row a start, which says that a database was made.
  const starts = rows.filter({ hasText: 'made a new, empty database' });
  await until('both starts are shown', async () => (await starts.count()) === 2, 30_000);
  expect(await rows.filter({ hasText: 'bootstrapped' }).count()).toBe(0);
  // What lies behind a row is shown by the keyboard, and hidden again.
  await starts.first().focus();
  await page.keyboard.press('ArrowRight');
  await rows.filter({ hasText: 'Domain level has been bootstrapped' }).first().waitFor();
  await page.keyboard.press('ArrowLeft');
  await rows.filter({ hasText: 'Domain level has been bootstrapped' }).first().waitFor({ state: 'detached' });

  await page.getByLabel('Which lines').selectOption('all');
  await page.getByLabel('Filter the log').fill('Starting Kanidmd |');
  await until('both are shown', async () => (await rows.count()) === 2, 30_000);
  await pair(window, 'idm-a', 'idm-b', 'idm-a');
  for (let checks = 0; checks < 3; checks += 1) {
    // What the check itself has the servers write comes after all that came before.
    const before = await held();
    await window.check();
    await until('the check is in the log', async () => (await held()) > before, 30_000);
  }
  expect(await matching()).toEqual({ 'idm-a': 1, 'idm-b': 1 });

  // What is filtered can be copied and saved, and the filters can be cleared.
  await page.getByTestId('copy-log').click();
  await window.notices.getByText('Copied 2 lines.').waitFor();
  const copied = await electron.app.evaluate(({ clipboard }) => clipboard.readText());
  expect(copied.split('\n')).toEqual([
    expect.stringMatching(/idm-[ab].*Starting Kanidm/),
    expect.stringMatching(/idm-[ab].*Starting Kanidm/),
  ]);
  const file = join(electron.home, 'log.txt');
  await chooseFile(electron.app, file);
  await page.getByTestId('save-log').click();
  await until('it is saved', () => existsSync(file), 20_000);
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2);
  await page.getByTestId('clear-filters').click();
  expect(await page.getByLabel('Filter the log').inputValue()).toBe('');
  await page.getByTestId('clear-filters').waitFor({ state: 'detached' });
});

it('older lines are read from the servers’ own logs while the live ones go on, to where these begin', async () => {
  const root = mkdtempSync(join(tmpdir(), 'kl-older-'));
  const old = { lines: 5200, from: Date.now() - 3 * 3600_000, step: 1000 };
  writeOldJournal(root, 'idm-a', old);
  const { fleet } = await practise({ root, remove: true });
  const { window } = await open({ fleet: fleet.fleet });
  const { page } = window;
  const held = async (): Promise<number> => Number(await window.logs.getAttribute('data-held'));
  const said = page.getByTestId('older-said');
  const rows = window.logs.locator('[data-log-server]');
  await window.untilServer('idm-a', 'running', 30_000);
  await page.getByLabel('Which lines').selectOption('all');
  await until('live lines are held', async () => (await held()) > 0, 30_000);
  const live = await held();
  expect(live).toBeLessThan(2000);

  await page.getByTestId('older-lines').click();
  await said.getByText('Read back to').waitFor();
  const looks = new Looks('older lines');
  await looks.at(page, 'LogsTab', 'older lines');
  looks.end();
  await until('a stretch is held', async () => (await held()) >= live + 2400, 30_000);
  // What was looked at stays; at the beginning, scrolling on reads the next stretch, to the first line of all.
  const beginning = said.getByText('The log begins at');
  await until(
    'the beginning is reached',
    async () => {
      await page.locator('.log-list').evaluate((list) => list.scrollTo({ top: 0 }));
      await page.locator('.log-list').hover();
      await page.mouse.wheel(0, -200);
      return (await beginning.count()) > 0 && (await rows.filter({ hasText: 'old line 0' }).count()) > 0;
    },
    60_000,
  );
  expect(await page.getByTestId('older-lines').isDisabled()).toBe(true);
  // Each line once, with its colours as text styles.
  await page.getByLabel('Filter the log').fill('/old line 519[0-9]/');
  await until('ten of them', async () => (await rows.count()) === 10, 30_000);
  expect(await rows.first().locator('.ansi-bold.ansi-red').textContent()).toBe('old');
  await rows.first().click();
  await page.locator('pre .ansi-red').waitFor();
  await page.getByTestId('follow').click();
  const before = await held();
  await window.check();
  await until('live lines come on', async () => (await held()) > before, 30_000);
});

it('a round that failed leads to its link, and to the cause of what ails it', async () => {
  const { fleet, servers } = await practise({ replication: () => true, linked: true });
  const { window } = await open({ fleet: fleet.fleet });
  for (const id of ['idm-a', 'idm-b']) await window.untilServer(id, 'running', 30_000);
  await window.reviewButton.filter({ hasText: /\d changes?/ }).waitFor({ timeout: 30_000 });
  await reviewAndDeploy(window, ['idm-b']);
  await untilReplicating(servers, ROUNDS_LIMIT_MS);
  await fleet.machine('idm-b').stopKanidmd();
  await window.untilServer('idm-b', 'stopped', 30_000);
  await window.servers.select('idm-a');
  await window.openTab('Logs');
  const failed = window.logs
    .locator('[data-log-server="idm-a"]:not([data-log-level="info"])')
    .filter({ hasText: 'idm-b' });
  await failed.last().waitFor({ timeout: ROUNDS_LIMIT_MS });
  // What follows would move the row away.
  await window.page.getByTestId('follow').click();
  await failed.last().click();
  expect(await window.linkInspector.count()).toBe(0);
  await window.page.getByTestId('log-link').click();
  const pull = window.linkInspector.locator('[data-pull="idm-a ← idm-b"]');
  await pull.waitFor();
  await until(
    'the inspector says what ails the pull, and why',
    async () =>
      /^(broken|unknown)$/.test((await window.pullHealth('idm-a', 'idm-b')) ?? '') &&
      (await pull.innerText()).includes('idm-b is stopped'),
    ROUNDS_LIMIT_MS,
  );
});

/** A journal as the machine finds it at its start: lines of kanidmd from long ago. */
function writeOldJournal(
  root: string,
  id: string,
  { lines, from, step }: { readonly lines: number; readonly from: number; readonly step: number },
): void {
  const folder = join(root, id, 'var/log/journal');
  mkdirSync(folder, { recursive: true });
  const blank = { pid: 7, invocationId: '0'.repeat(32), priority: 6, commandLine: 'kanidmd server' };
  const entries = Array.from({ length: lines }, (_, n) => ({
    ...{ number: n + 1, realtime: (from + n * step) * 1000, monotonic: n * step * 1000 },
    ...{ bootId: 'b'.repeat(32), check: n.toString(16).padStart(16, '0'), source: 'kanidmd' },
    ...{ unit: 'kanidmd.service', ...blank },
    message: `00000000-0000-0000-0000-000000000000 INFO     ｉ [info]: \u001b[1;31mold\u001b[0m line ${n}`,
  }));
  const documents = [{ journal: 'a'.repeat(32) }, ...entries].map((it) => `${JSON.stringify(it)}\n`);
  writeFileSync(join(folder, 'practice.jsonl'), documents.join(''));
}
