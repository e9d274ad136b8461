import { appendFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { answerWith, DECLINE, said, TRUST } from './support/app-dialogs';
import { Looks } from './support/looks';
import { open, practise } from './support/session';
import { pair } from './support/story';
import { until } from './support/until';

const LIMIT_MS = 60_000;

/** A fleet whose host keys somebody changes while it is open, with an edit that is not saved. */
async function openFleet() {
  const practice = await practise({ replication: () => true });
  const session = await open({ fleet: practice.fleet.fleet });
  const { window } = session;
  for (const id of ['idm-a', 'idm-b']) await window.untilServer(id, 'running', LIMIT_MS);
  await pair(window, 'idm-a', 'idm-b', 'idm-a');
  await answerWith(session.electron, DECLINE);
  const change = (): void => appendFileSync(practice.fleet.knownHosts, 'elsewhere ssh-ed25519 AAAA\n');
  return { ...session, ...practice, change };
}

it('host keys that change under an open fleet are asked about where that shows, and its servers are read again after a yes', async () => {
  const { window, electron, change, fleet } = await openFleet();
  const { page } = window;
  change();
  await page.keyboard.press('F5');
  await page.getByTestId('untrusted').waitFor();
  expect(await page.getByTestId('not-trusted').innerText()).toBe('not trusted, not read');
  expect(await window.watching.innerText()).toContain('not trusted');
  // What was drawn is there, and what was read is said to be of before.
  await window.canvas.link('idm-a', 'idm-b').waitFor();
  expect(await page.getByTestId('file-state').innerText()).toContain('unsaved');
  await window.servers.select('idm-a');
  await window.servers.inspector.getByText('What is shown was read before.').waitFor();

  const top = page.locator('header[data-pane="top"]').getByTestId('trust');
  const panel = page.locator('[data-pane="details"]').getByTestId('trust');
  const looks = new Looks('trust changed');
  await window.openTab('Logs');
  await page.getByTestId('log-not-read').getByTestId('trust').waitFor();
  expect(await page.getByTestId('follow').innerText()).toBe('not read');
  for (const tab of ['Problems', 'Plan', 'Certificates'] as const) {
    await window.openTab(tab);
    await panel.waitFor();
  }
  await looks.at(page, ['TrustBar', 'ServerInspector'], 'changed while it is open');
  looks.end();
  await window.canvas.link('idm-a', 'idm-b').click();
  await window.linkInspector.getByTestId('trust').waitFor();
  await window.servers.select('idm-a');
  await top.click();
  await until('it was asked', async () => (await said(electron)).length === 1, LIMIT_MS);
  const [question = ''] = await said(electron);
  expect(question).toContain(fleet.knownHosts);
  await page.getByTestId('untrusted').waitFor();
  expect(await window.servers.row('idm-a').getByText('running', { exact: true }).count()).toBe(0);

  await answerWith(electron, TRUST);
  await window.servers.inspector.getByTestId('trust').click();
  await page.getByTestId('untrusted').waitFor({ state: 'detached' });
  for (const id of ['idm-a', 'idm-b']) await window.untilServer(id, 'running', LIMIT_MS);
  await window.reviewButton.getByText('change').waitFor({ timeout: LIMIT_MS });
  expect(await page.getByTestId('trust').count()).toBe(0);
  expect(await page.getByTestId('file-state').innerText()).toContain('unsaved');
  await page.keyboard.press('Control+Z');
  await window.canvas.link('idm-a', 'idm-b').waitFor({ state: 'detached' });
});

it('a connection that is dialled again and does not believe the file shows it by itself', async () => {
  const { window, electron, change, fleet } = await openFleet();
  change();
  for (const machine of fleet.machines) machine.cutConnections();
  await window.page.getByTestId('untrusted').waitFor({ timeout: LIMIT_MS });
  await answerWith(electron, TRUST);
  await window.page.getByTestId('review-trust').click();
  for (const id of ['idm-a', 'idm-b']) await window.untilServer(id, 'running', LIMIT_MS);
});

it('a deploy that is refused for it asks, and goes on with a new review', async () => {
  const { window, electron, change } = await openFleet();
  const { page } = window;
  await window.openReview();
  for (const id of await window.review.erased()) await window.review.allowErase(id);
  change();
  await window.review.deploy();
  expect(await window.deploy.untilEnded(LIMIT_MS)).toBe('refused');
  await answerWith(electron, TRUST);
  await window.deploy.root.getByTestId('trust').click();
  await page.getByTestId('untrusted').waitFor({ state: 'detached' });
  await window.deploy.root.getByTestId('review-again').click();
  await window.review.untilPlanned();
  // The same while it is reviewed.
  change();
  await page.keyboard.press('Escape');
  await window.reviewButton.click();
  await window.review.root.getByTestId('trust').click();
  await window.review.untilPlanned();
});
