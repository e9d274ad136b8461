import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Looks } from './support/looks';
import { untilReplicating } from './support/replication';
import { open, practise } from './support/session';
import { DEPLOY_LIMIT_MS, reviewAndDeploy, ROUNDS_LIMIT_MS } from './support/story';
import { until } from './support/until';

const LIMIT_MS = 30_000;

it('a stopped server is one problem: its evidence is shown beside the filter, and Start mends it without Check', async () => {
  const { fleet, servers } = await practise({ replication: () => true, linked: true });
  const { window } = await open({ fleet: fleet.fleet });
  const { page } = window;
  const filteredServer = page.getByRole('toolbar', { name: 'Log' }).getByLabel('Server');
  for (const id of ['idm-a', 'idm-b']) await window.untilServer(id, 'running', LIMIT_MS);
  await window.reviewButton.filter({ hasText: /\d changes?/ }).waitFor({ timeout: LIMIT_MS });
  await reviewAndDeploy(window, ['idm-b']);
  await untilReplicating(servers, ROUNDS_LIMIT_MS);
  await window.canvas.untilHealth('idm-a', 'idm-b', 'replicating', ROUNDS_LIMIT_MS);
  await window.openTab('Logs');
  await filteredServer.selectOption('idm-a');

  await fleet.machine('idm-b').stopKanidmd();
  await window.untilServer('idm-b', 'stopped', ROUNDS_LIMIT_MS);
  await window.openTab('Problems');
  const errors = page.locator('article[data-entry][data-severity="error"]');
  await errors.first().waitFor({ timeout: LIMIT_MS });
  const listed = () => errors.evaluateAll((all) => all.map((it) => it.getAttribute('data-entry')));
  await until('it is the only error', async () => (await listed()).join() === 'server-stopped', LIMIT_MS);
  const stopped = errors.first();
  const told = () => page.locator('article[data-entry]').allInnerTexts();
  // Read while it was stopping, it says so until the next reading.
  await until('it is stopped', async () => !(await told()).join().includes('deactivating'), LIMIT_MS);
  expect(await told()).not.toContainEqual(expect.stringMatching(/primary-looks-new/));

  await stopped.getByRole('button', { name: /kanidmd is not running/i }).press('Enter');
  await window.servers.inspector.getByText('Server idm-b').waitFor();

  await stopped.getByRole('button', { name: 'Show evidence' }).click();
  const proving = page.locator('[data-testid="evidence"] [data-proves="true"]');
  await proving.first().waitFor();
  const looks = new Looks('evidence');
  await looks.at(page, 'EvidencePanel');
  looks.end();
  const of = () => proving.evaluateAll((all) => all.map((it) => it.getAttribute('data-evidence-server')));
  // What the other end says of it comes with its next round.
  await until(
    'both ends prove it',
    async () => [...new Set(await of())].sort().join() === 'idm-a,idm-b',
    ROUNDS_LIMIT_MS,
  );
  await page.getByTestId('evidence-close').click();
  expect(await filteredServer.inputValue()).toBe('idm-a');

  await window.openTab('Problems');
  await stopped.getByRole('button', { name: 'Start idm-b…' }).click();
  await window.review.untilPlanned();
  const actions = await window.review.steps.evaluateAll((all) =>
    all.map((it) => it.getAttribute('data-action')),
  );
  expect(actions).toEqual(['start', 'verify', 'verify']);
  await window.review.deploy();
  expect(await window.deploy.untilEnded(DEPLOY_LIMIT_MS), await window.deploy.text()).toBe('done');
  await window.deploy.close();
  await window.untilServer('idm-b', 'running', ROUNDS_LIMIT_MS);
  await until('no error is left', async () => (await listed()).length === 0, ROUNDS_LIMIT_MS);
  await window.canvas.untilHealth('idm-a', 'idm-b', 'replicating', ROUNDS_LIMIT_MS);
});

it('a fault of the fleet file is fixed by its button, and undone as any other edit', async () => {
  const { fleet } = await practise({ servers: 1 });
  const link = '\n[[link]]\nsupplier = "idm-a"\nconsumer = "idm-a"\n';
  writeFileSync(fleet.fleet, `${readFileSync(fleet.fleet, 'utf8')}${link}`);
  const { window } = await open({ fleet: fleet.fleet });
  await window.openTab('Problems');
  const fault = window.page.locator('article[data-entry="fleet-link-to-itself"]');
  await fault.getByTestId('fix').click();
  await fault.waitFor({ state: 'detached', timeout: LIMIT_MS });
  await window.untilServer('idm-a', 'running', LIMIT_MS);
  await window.page.keyboard.press('Control+Z');
  await fault.waitFor({ timeout: LIMIT_MS });
});
