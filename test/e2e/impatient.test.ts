import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { MainWindow } from './pages/main-window';
import { dropFile, type ElectronWindow, trustFile } from './support/electron-window';
import { untilReplicating } from './support/replication';
import { open, practise } from './support/session';
import { DEPLOY_LIMIT_MS, pair, ROUNDS_LIMIT_MS } from './support/story';
import { until } from './support/until';

const LIMIT_MS = 30_000;
/** An answer of a server that lets a person do something else first, milliseconds. */
const SLOW_MS = 100;

interface Session {
  readonly window: MainWindow;
  readonly electron: ElectronWindow;
}

/** Nothing went wrong, in the window, in its page, or in the app. */
async function expectCalm({ window, electron }: Session): Promise<void> {
  expect(await window.page.getByTestId('crash').count()).toBe(0);
  expect(await window.notices.locator('[data-tone="bad"], [data-tone="warn"]').allInnerTexts()).toEqual([]);
  expect(electron.said.filter((line) => line.startsWith('page: '))).toEqual([]);
  expect(electron.logFile()).not.toMatch(/unexpected: |window: |unhandled/i);
}

/** Answers the app's next question of the system with the n-th button, and tells what was asked. */
const answerSystem = ({ electron }: Session, button: number): Promise<void> =>
  electron.app.evaluate(({ dialog }, response) => {
    const asked: string[] = ((globalThis as { asked?: string[] }).asked ??= []);
    dialog.showMessageBoxSync = (...args: unknown[]) => {
      asked.push(JSON.stringify(args.at(-1)));
      return response;
    };
  }, button);
const asked = ({ electron }: Session): Promise<readonly string[]> =>
  electron.app.evaluate(() => (globalThis as { asked?: string[] }).asked ?? []);

const linesOf = (fleet: string): string => readFileSync(fleet, 'utf8');

it('clicks and keys while things load lose nothing and open nothing twice', async () => {
  const { fleet } = await practise({ servers: 3 });
  for (const machine of fleet.machines) machine.delay(SLOW_MS);
  const session = await open({ fleet: fleet.fleet });
  const { window } = session;
  const { page, canvas, review, servers } = window;

  // The first look runs: links are drawn, taken back and drawn again.
  await canvas.server('idm-a').waitFor();
  await page.keyboard.press('Control+Z');
  await page.keyboard.press('Control+Y');
  await pair(window, 'idm-a', 'idm-b', 'idm-a');
  await canvas.link('idm-a', 'idm-b').waitFor();
  for (let n = 0; n < 3; n += 1) {
    await page.keyboard.press('Control+Z');
    await canvas.link('idm-a', 'idm-b').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+Y');
    await canvas.link('idm-a', 'idm-b').waitFor();
  }
  await window.check();
  await page.getByTestId('check').dblclick();
  await page.keyboard.press('Control+Z');
  await page.keyboard.press('Control+Y');
  await canvas.link('idm-a', 'idm-b').waitFor();

  // The review is opened by a double click, and closed while its plan is made.
  await window.reviewButton.dblclick();
  await review.root.waitFor();
  expect(await review.root.count()).toBe(1);
  await page.keyboard.press('Escape');
  await review.root.waitFor({ state: 'detached' });
  await window.reviewButton.click();
  await review.cancel();
  await page.keyboard.press('Control+Enter');
  await review.untilPlanned();
  expect(await review.erased()).toEqual(['idm-b']);
  expect(await review.deployButton.isEnabled()).toBe(false);
  await review.cancel();

  // A test of a connection is not waited for.
  for (const id of ['idm-b', 'idm-c']) {
    await servers.edit(id);
    await servers.startTest();
    await servers.closeDialog();
  }
  await servers.edit('idm-a');
  expect(await servers.testResult.count()).toBe(0);
  await servers.dialog.getByLabel('SSH address').fill('admin@127.0.0.1:1');
  await servers.startTest();
  await page.keyboard.press('Escape');
  // What was typed is asked about first.
  expect(await servers.dialog.count()).toBe(1);
  await servers.dialog.getByRole('button', { name: 'Throw it away' }).click();
  await servers.dialog.waitFor({ state: 'detached' });

  for (const id of ['idm-a', 'idm-b', 'idm-c']) await window.untilServer(id, 'running', LIMIT_MS);
  expect(linesOf(fleet.fleet)).not.toContain('[[link]]');
  await page.keyboard.press('Control+S');
  await window.untilSaved();
  expect(linesOf(fleet.fleet)).toContain('[[link]]');
  await expectCalm(session);
});

it('while a deploy runs nothing can be drawn, one deploy is one, and closing the window asks', async () => {
  const { fleet, servers } = await practise({ servers: 3, replication: () => true });
  const session = await open({ fleet: fleet.fleet });
  const { window } = session;
  const { page, canvas } = window;
  await pair(window, 'idm-a', 'idm-b', 'idm-a');
  await window.openReview();
  await window.review.allowErase('idm-b');
  fleet.machine('idm-b').delay(SLOW_MS);
  await window.review.deployButton.dblclick();
  await window.deploy.root.locator('[data-step-state="running"]').first().waitFor();
  const running = linesOf(fleet.fleet);

  await answerSystem(session, 0);
  await session.electron.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await until('it asks', async () => (await asked(session)).length === 1, LIMIT_MS);
  expect((await asked(session)).join()).toMatch(/deploy/i);
  await session.electron.app.evaluate(({ app }) => app.quit());
  await until('it asks', async () => (await asked(session)).length === 2, LIMIT_MS);

  await page.keyboard.press('Escape');
  await window.deploy.root.waitFor({ state: 'detached' });
  await canvas.drag('idm-b', 'idm-c');
  await page.keyboard.press('Control+Z');
  await page.keyboard.press('Delete');
  await window.servers.select('idm-c');
  await page.keyboard.press('Delete');
  expect(await window.pairDialog.root.count()).toBe(0);
  expect(await page.getByTestId('remove-dialog').count()).toBe(0);
  await canvas.link('idm-a', 'idm-b').waitFor();
  await window.reviewButton.dblclick();
  expect(await window.deploy.untilEnded(DEPLOY_LIMIT_MS), await window.deploy.text()).toBe('done');
  await window.deploy.close();

  expect(linesOf(fleet.fleet).replace(/^domain_uuid.*\n/m, '')).toBe(
    running.replace(/^domain_uuid.*\n/m, ''),
  );
  fleet.machine('idm-b').delay(0);
  const pairOf = servers.filter(({ id }) => id !== 'idm-c');
  await untilReplicating(pairOf, ROUNDS_LIMIT_MS);
  await canvas.untilHealth('idm-a', 'idm-b', 'replicating', ROUNDS_LIMIT_MS);
  await window.openTab('History');
  await page.locator('[data-past-state="finished"]').first().waitFor();
  expect(await page.locator('[data-past-state]').count()).toBe(1);
  await expectCalm(session);
});

it('switching between fleets while their logs come shows each only its own, and quitting in a look ends at once', async () => {
  const two = await practise();
  const one = await practise({ servers: 1 });
  const session = await open({ fleet: two.fleet.fleet });
  const { window, electron } = session;
  const { page } = window;
  await trustFile(electron.home, one.fleet.fleet);
  await window.openTab('Logs');
  const rows = (server: string) => window.logs.locator(`[data-log-server="${server}"]`);
  for (let n = 0; n < 3; n += 1) {
    await rows('idm-b').first().waitFor({ timeout: LIMIT_MS });
    await dropFile(page, one.fleet.fleet);
    await window.servers.row('idm-b').waitFor({ state: 'detached' });
    await rows('idm-a').first().waitFor({ timeout: LIMIT_MS });
    expect(await rows('idm-b').count()).toBe(0);
    await dropFile(page, two.fleet.fleet);
    await window.servers.row('idm-b').waitFor();
  }
  // Not waited for at all.
  for (const fleet of [one, two, one, two, one]) await dropFile(page, fleet.fleet.fleet);
  await until('the last one is open', async () => (await window.fleetFile()) === one.fleet.fleet, LIMIT_MS);
  await window.untilServer('idm-a', 'running', LIMIT_MS);
  expect(await window.servers.row('idm-b').count()).toBe(0);
  expect(await rows('idm-b').count()).toBe(0);
  await expectCalm(session);

  for (const machine of one.fleet.machines) machine.delay(SLOW_MS);
  await window.check();
  await electron.app.evaluate(({ app }) => app.quit()).catch(() => undefined);
  await until('it has ended', () => electron.child.exitCode !== null, LIMIT_MS);
  expect(electron.child.exitCode).toBe(0);
  expect(electron.logFile()).not.toMatch(/unexpected: |window: |unhandled/i);
});
