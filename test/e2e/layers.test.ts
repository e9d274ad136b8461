import { expect, it } from 'vitest';
import type { MainWindow } from './pages/main-window';
import { kill } from './support/electron-window';
import { untilReplicating } from './support/replication';
import { open, practise } from './support/session';
import { pair, reviewAndDeploy, ROUNDS_LIMIT_MS } from './support/story';
import { until } from './support/until';

const LIMIT_MS = 30_000;

const pill = (window: MainWindow) => window.canvas.link('idm-a', 'idm-b');
const untilDifference = (window: MainWindow, kind: string): Promise<unknown> =>
  until(
    `the link is ${kind}`,
    async () => (await pill(window).getAttribute('data-difference')) === kind,
    LIMIT_MS,
  );
const untilButton = (window: MainWindow, label: string | RegExp): Promise<unknown> =>
  until(
    `the button says ${String(label)}`,
    async () => {
      const text = (await window.reviewButton.innerText()).trim();
      if (typeof label === 'string' ? text === `Review & deploy · ${label}` : label.test(text)) return true;
      throw new Error(`it says “${text}”`);
    },
    90_000,
  );

it('what runs is shown as it runs, whatever is drawn; what changes on a server is known without a click', async () => {
  const { fleet, servers } = await practise({ replication: () => true });
  const { window } = await open({ fleet: fleet.fleet });
  const { page } = window;
  await pair(window, 'idm-a', 'idm-b', 'idm-a');
  await untilDifference(window, 'new');
  // A problem leads to what it is about.
  await window.servers.select('idm-b');
  await window.openTab('Problems');
  const undeployed = page
    .locator('article[data-entry]')
    .getByRole('button', { name: /^The link idm-a → idm-b/ });
  await undeployed.press('Enter');
  await window.linkInspector.waitFor();
  await reviewAndDeploy(window, ['idm-b']);
  await untilReplicating(servers, ROUNDS_LIMIT_MS);
  await window.canvas.untilHealth('idm-a', 'idm-b', 'replicating', ROUNDS_LIMIT_MS);
  await untilDifference(window, 'same');
  await untilButton(window, 'no changes');

  // A round is one row of the log, with its lines folded.
  await window.openTab('Logs');
  const rounds = await until(
    'rounds are in the log',
    async () => {
      const rows = window.logs.locator('[data-log-server]').filter({ hasText: 'round ok' });
      const lines = await rows.evaluateAll((all) =>
        all.map((row) => `${/pull from idm-[ab]/.exec(row.textContent)?.[0]}, ${row.dataset['lines']}`),
      );
      return lines.length > 0 && lines;
    },
    ROUNDS_LIMIT_MS,
  );
  for (const round of rounds) expect(round).toMatch(/^pull from idm-[ab], ([2-9]|\d\d)/);

  // Removed in the drawing: it goes on until it is deployed, and shows it.
  await pill(window).click();
  await window.linkInspector.getByRole('button', { name: 'Remove link' }).click();
  await untilDifference(window, 'removed');
  expect(await pill(window).innerText()).toContain('to be removed');
  await window.canvas.untilHealth('idm-a', 'idm-b', 'replicating', ROUNDS_LIMIT_MS);
  expect(await page.getByTestId('fleet-health').innerText()).toBe('both pulls replicating');
  await untilButton(window, '2 changes');
  expect((await window.problems()).join('\n')).not.toContain('No servers are linked');

  // Undone: nothing that was observed changes, not for a moment.
  await page.evaluate(() => {
    const seen: string[] = ((globalThis as { seen?: string[] }).seen = []);
    new MutationObserver(() => {
      for (const it of document.querySelectorAll('[data-link]'))
        seen.push(`${it.getAttribute('data-pull-health')}`);
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  await page.keyboard.press('Control+Z');
  await untilDifference(window, 'same');
  await untilButton(window, 'no changes');
  const seen = await page.evaluate(() => (globalThis as { seen?: string[] }).seen ?? []);
  expect([...new Set(seen)]).toEqual(['replicating']);

  // Drawn otherwise: from what to what, and the health of what runs; the same count on the button and in the dialog.
  await pill(window).click();
  await window.linkInspector.getByLabel('Direction').selectOption('one');
  await untilDifference(window, 'changed');
  expect(await pill(window).innerText()).toContain('both ways → one way');
  await window.canvas.untilHealth('idm-a', 'idm-b', 'replicating', ROUNDS_LIMIT_MS);
  await untilButton(window, '2 changes');
  await window.openReview();
  expect(await window.review.root.innerText()).toContain('2 changes');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Z');
  await untilButton(window, 'no changes');

  // Stopped and started again by somebody else: clean everywhere, without a click.
  await fleet.machine('idm-b').stopKanidmd();
  await window.untilServer('idm-b', 'stopped', LIMIT_MS);
  await untilButton(window, /held back|change/);
  await fleet.machine('idm-b').startKanidmd();
  await window.untilServer('idm-b', 'running', LIMIT_MS);
  await window.canvas.untilHealth('idm-a', 'idm-b', 'replicating', ROUNDS_LIMIT_MS);
  await untilButton(window, 'no changes');
  expect((await window.problems()).filter((text) => /idm-b.*(not running|stopped)/i.test(text))).toEqual([]);

  // A certificate renewed by somebody else is in the plan by itself.
  await fleet.machine('idm-a').run(['renew-replication-certificate']);
  await untilDifference(window, 'changed');
  expect(await pill(window).innerText()).toContain('idm-b pins idm-a’s certificate');
  await untilButton(window, '1 change');
});

it('a deploy that was killed is shown as interrupted at the next start, and by the button', async () => {
  const { fleet } = await practise();
  const first = await open({ fleet: fleet.fleet });
  await pair(first.window, 'idm-a', 'idm-b', 'idm-a');
  await first.window.openReview();
  await first.window.review.allowErase('idm-b');
  await first.window.review.deploy();
  await first.window.deploy.root.locator('[data-step-state="done"]').first().waitFor();
  await kill(first.electron);
  const { window } = await open({ fleet: fleet.fleet, home: first.electron.home });
  await window.page.getByTestId('interrupted').waitFor({ timeout: 60_000 });
  await untilButton(window, 'interrupted');
});
