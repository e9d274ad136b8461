import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { MainWindow } from './pages/main-window';
import { untilReplicating } from './support/replication';
import { open, practise, type Practice } from './support/session';
import { DEPLOY_LIMIT_MS, reviewAndDeploy, ROUNDS_LIMIT_MS } from './support/story';
import { until } from './support/until';
import type { PracticeFleetOptions } from '../../practice/host/fleet';

const LIMIT_MS = 30_000;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Two servers that replicate, watched by a window whose problems are shown. */
async function replicating(
  options: Partial<PracticeFleetOptions> = {},
): Promise<Practice & { readonly window: MainWindow }> {
  const practice = await practise({ replication: () => true, linked: true, ...options });
  const { window } = await open({ fleet: practice.fleet.fleet });
  for (const id of ['idm-a', 'idm-b']) await window.untilServer(id, 'running', LIMIT_MS);
  await window.reviewButton.filter({ hasText: /\d changes?/ }).waitFor({ timeout: LIMIT_MS });
  await reviewAndDeploy(window, ['idm-b']);
  await untilReplicating(practice.servers, ROUNDS_LIMIT_MS);
  await window.canvas.untilHealth('idm-a', 'idm-b', 'replicating', ROUNDS_LIMIT_MS);
  await window.openTab('Problems');
  return { ...practice, window };
}

/** Clicks what cures a problem, reads the plan, consents, deploys; the problem goes without a check. */
async function cure(
  { window, servers }: { readonly window: MainWindow; readonly servers: Practice['servers'] },
  button: string,
  plan: { readonly actions: readonly string[]; readonly erases?: readonly string[] },
): Promise<void> {
  const { page, review } = window;
  const entry = page
    .locator('article[data-entry]')
    .filter({ has: page.getByRole('button', { name: button }) });
  await entry.first().waitFor({ timeout: ROUNDS_LIMIT_MS });
  await entry.first().getByRole('button', { name: button }).click();
  await review.untilPlanned();
  const actions = await review.steps.evaluateAll((all) => all.map((it) => it.getAttribute('data-action')));
  expect(actions).toEqual(plan.actions);
  expect(await review.erased()).toEqual(plan.erases ?? []);
  for (const server of plan.erases ?? []) {
    expect(await review.deployButton.isEnabled()).toBe(false);
    await review.allowErase(server);
  }
  await review.deploy();
  expect(await window.deploy.untilEnded(DEPLOY_LIMIT_MS), await window.deploy.text()).toBe('done');
  await window.deploy.close();
  const left = page.locator('article[data-entry]:is([data-severity="error"], [data-severity="warning"])');
  await until('no problem is left', async () => (await left.count()) === 0, ROUNDS_LIMIT_MS);
  await window.canvas.untilHealth('idm-a', 'idm-b', 'replicating', ROUNDS_LIMIT_MS);
  await untilReplicating(servers, ROUNDS_LIMIT_MS);
}

it('Restart: a release of 2024 that could not look a name up pulls again once it is restarted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kanilink-names-'));
  folders.push(folder);
  const names = join(folder, 'names.json');
  const all = await replicating({ version: '1.2.0', kanidmdEnv: { PRACTICE_RESOLVE_FILE: names } });
  writeFileSync(names, '{"idm-a.localhost":null}');
  await all.fleet.machine('idm-b').restartKanidmd();
  await all.window.canvas.untilHealth('idm-a', 'idm-b', 'broken', ROUNDS_LIMIT_MS);
  rmSync(names);
  await cure(all, 'Restart idm-b…', { actions: ['restart', 'verify', 'verify'] });
});

it('Re-pin: a certificate that was renewed elsewhere is pinned by its partner', async () => {
  const all = await replicating({ version: '1.11.1' });
  const before = all.server('idm-b').configText;
  await all.fleet.machine('idm-a').run(['renew-replication-certificate']);
  await cure(all, 'Re-pin…', { actions: ['configure', 'verify', 'verify'] });
  expect(all.server('idm-b').configText).not.toBe(before);
});

it('Refresh: a server put back from an old copy is erased only once it is named', async () => {
  const all = await replicating();
  const machine = all.fleet.machine('idm-b');
  await machine.stopKanidmd();
  all.server('idm-b').forget(8);
  await machine.startKanidmd();
  await cure(all, 'Refresh idm-b…', {
    actions: ['backup', 'refresh', 'verify', 'verify', 'compare'],
    erases: ['idm-b'],
  });
});
