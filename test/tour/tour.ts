import { MainWindow } from '../e2e/pages/main-window';
import { resize, type ElectronWindow } from '../e2e/support/electron-window';
import { practiceServers } from '../e2e/support/practice-server';
import { refreshes, untilReplicating } from '../e2e/support/replication';
import { until } from '../e2e/support/until';
import type { Storyteller } from './storyteller';

const SECOND = 1000;

/**
 * The whole main job in the real window, by mouse and keyboard: practice fleet, test connection, drag a link, whose data
 * wins, review, erase, deploy, green, logs. At the end the servers themselves are asked.
 *
 * @param kanidmd the practice kanidmd program, to ask the servers with
 * @throws at the first step that does not go as it should
 */
export async function tour(electron: ElectronWindow, tell: Storyteller, kanidmd: string): Promise<void> {
  const { page } = electron;
  const window = new MainWindow(page);
  const picture = (name: string): Promise<void> => tell.picture(page, name);

  await tell.step('Kanilink shows how to begin', 20 * SECOND, () =>
    page.getByTestId('welcome-practice').waitFor(),
  );
  await picture('start');

  const fleetFile = await tell.step(
    'The practice fleet runs, two servers are on the canvas',
    90 * SECOND,
    async () => {
      await window.usePracticeFleet();
      await window.canvas
        .server('idm-a')
        .and(page.locator('[data-tone="good"]'))
        .waitFor({ timeout: 60 * SECOND });
      await window.canvas
        .server('idm-b')
        .and(page.locator('[data-tone="good"]'))
        .waitFor({ timeout: 60 * SECOND });
      // The plan knows both, too.
      await window.reviewButton.filter({ hasText: 'no changes' }).waitFor({ timeout: 30 * SECOND });
      return window.fleetFile();
    },
  );
  await picture('practice-fleet');
  const servers = practiceServers(fleetFile, kanidmd);
  const [a, b] = servers;
  if (a === undefined || b === undefined) throw new Error(`no two servers beside ${fleetFile}`);
  const winner = await a.domainUuid();
  if (winner === (await b.domainUuid())) throw new Error('the servers are in one domain before the tour');

  await tell.step('idm-b answers a test of its connection', 60 * SECOND, async () => {
    await window.servers.edit('idm-b');
    await window.servers.startTest();
    const { state, text } = await window.servers.untilTested();
    if (state !== 'running') throw new Error(`it is ${state}: ${text}`);
  });
  await picture('test-connection');
  await window.servers.closeDialog();

  await tell.step('A link is dragged from idm-a to idm-b', 20 * SECOND, async () => {
    await window.canvas.drag('idm-a', 'idm-b');
    await window.pairDialog.root.waitFor();
    await window.pairDialog.choose('idm-a');
    await window.pairDialog.untilKnown();
  });
  await picture('whose-data-wins');
  await tell.step('The data of idm-a wins, the link is drawn', 20 * SECOND, async () => {
    await window.pairDialog.pair('idm-a');
    await window.canvas.untilHealth('idm-a', 'idm-b', 'new', 60 * SECOND);
  });
  await picture('link-drawn');

  await tell.step('The review shows every change, and that idm-b is erased', 90 * SECOND, async () => {
    await window.openReview();
    const erased = await window.review.erased();
    if (erased.join() !== 'idm-b') throw new Error(`it would erase ${erased.join(', ') || 'nobody'}`);
  });
  await picture('review');
  await tell.step('Each step is read', 20 * SECOND, async () => {
    await window.review.showSteps();
    await window.review.steps.last().scrollIntoViewIfNeeded();
  });
  await picture('review-steps');
  await tell.step('The erase is allowed by typing the name of idm-b', 20 * SECOND, () =>
    window.review.allowErase('idm-b'),
  );
  await picture('erase-allowed');

  await tell.step('The deploy begins', 30 * SECOND, async () => {
    await window.review.deploy();
    await window.deploy.root.locator('[data-step-state="done"]').first().waitFor();
  });
  await picture('deploying');
  await tell.step('The deploy is done', 180 * SECOND, async () => {
    const outcome = await window.deploy.untilEnded(175 * SECOND);
    if (outcome !== 'done') throw new Error(`it ended ${outcome}:\n${await window.deploy.text()}`);
  });
  await picture('deployed');

  await tell.step('The link is green', 60 * SECOND, async () => {
    await window.deploy.close();
    await window.canvas.untilHealth('idm-a', 'idm-b', 'replicating', 55 * SECOND);
  });
  // "Saved": read and closed.
  const notice = page.getByTestId('notices').getByRole('button', { name: 'Close' }).first();
  if (await notice.isVisible()) await notice.click();
  await picture('replicating');
  await tell.step('Live logs show rounds of both servers', 60 * SECOND, async () => {
    await window.openTab('Logs');
    for (const id of ['idm-a', 'idm-b'])
      await window.logs
        .locator(`[data-log-server="${id}"][data-log-level="good"]`)
        .first()
        .waitFor({ timeout: 50 * SECOND });
  });
  await picture('logs');
  await tell.step('The inspector shows both pulls', 30 * SECOND, async () => {
    await window.canvas.link('idm-a', 'idm-b').click();
    await window.linkInspector.locator('[data-pull-health="replicating"]').nth(1).waitFor();
  });
  await picture('inspector');

  await tell.step(
    'The inspector shows a server: its domain, its certificate, from whom it pulls',
    20 * SECOND,
    async () => {
      await window.servers.row('idm-b').click();
      await page.getByText('Fingerprint').waitFor();
    },
  );
  await picture('server');

  await tell.step('Dark, by the command palette', 20 * SECOND, async () => {
    await window.command('dark');
    await page.locator('html[data-theme="dark"]').waitFor();
  });
  await picture('dark');
  await tell.step('On a large screen', 20 * SECOND, async () => {
    await resize(electron.app, 1920, 1080);
    await until('the page is as large', () => page.evaluate(() => innerWidth === 1920), 10 * SECOND);
    await page.getByRole('button', { name: 'Fit the canvas' }).click();
  });
  await picture('dark-1920');
  await tell.step('Light again', 20 * SECOND, async () => {
    await window.command('light');
    await page.locator('html[data-theme="light"]').waitFor();
  });
  await picture('light-1920');

  await tell.step(
    'The servers themselves: one domain, that of idm-a, and fresh rounds both ways',
    60 * SECOND,
    async () => {
      const uuid = await untilReplicating(servers, 55 * SECOND);
      if (uuid !== winner) throw new Error(`they are in ${uuid}, but idm-a was in ${winner}`);
      if (refreshes(a).length > 0 || refreshes(b).length !== 1)
        throw new Error(
          `idm-a was refreshed ${refreshes(a).length} times, idm-b ${refreshes(b).length} times`,
        );
      const [ofA, ofB] = [await a.people(), await b.people()];
      if (ofA.length === 0 || ofA.join() !== ofB.join())
        throw new Error(`idm-a has ${ofA.join(', ')}; idm-b has ${ofB.join(', ')}`);
    },
  );
}
