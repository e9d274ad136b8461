import { expect, it } from 'vitest';
import { engineOf } from './support/electron-window';
import { Looks } from './support/looks';
import { refreshes, untilReplicating } from './support/replication';
import { open, practise } from './support/session';
import { until } from './support/until';
import { DEPLOY_LIMIT_MS, pair, ROUNDS_LIMIT_MS } from './support/story';

it('a deploy whose engine was killed is offered to be resumed, and is finished by the same review', async () => {
  const { fleet, servers, server } = await practise();
  const { window, electron } = await open({ fleet: fleet.fleet });
  const { page } = window;
  await pair(window, 'idm-a', 'idm-b', 'idm-a');
  await window.openReview();
  await window.review.allowErase('idm-b');
  await window.review.deploy();
  // Killed between the first step's end and the last one's: something is always left to do.
  await window.deploy.root.locator('[data-step-state="done"]').first().waitFor();
  // Nobody clicks: the engine is started again by itself, the deploy is not.
  process.kill(await engineOf(electron), 'SIGKILL');
  expect(await window.deploy.untilEnded(30_000)).toBe('lost');
  // Of the step that ran nobody knows how it ended: it is not shown as one that runs.
  expect(await window.deploy.root.locator('[data-step-state="running"] .running').count()).toBe(0);
  await window.deploy.close();

  await page.getByTestId('interrupted').waitFor({ timeout: 60_000 });
  expect(await page.getByTestId('interrupted').innerText()).toContain('was interrupted');
  const looks = new Looks('interrupted');
  await looks.at(page, 'InterruptedBar');
  looks.end();
  await page.getByTestId('resume').click();
  // Loose ends first, where there are any; then the rest, from how the servers are now.
  for (let more = true; more;) {
    await window.review.untilPlanned();
    for (const id of await window.review.erased()) await window.review.allowErase(id);
    await window.review.deploy();
    const outcome = await window.deploy.untilEnded(DEPLOY_LIMIT_MS);
    expect(outcome, await window.deploy.text()).toBe('done');
    const rest = page.getByTestId('resume-rest');
    await until(
      'it is known whether that was all',
      async () => (await rest.isVisible()) || !(await page.getByTestId('interrupted').isVisible()),
      30_000,
    );
    more = await rest.isVisible();
    if (more) await rest.click();
  }
  await window.deploy.close();

  await untilReplicating(servers, ROUNDS_LIMIT_MS);
  expect(refreshes(server('idm-a'))).toEqual([]);
  await window.openTab('History');
  await page.locator('[data-past-state="finished"]').first().waitFor();
  expect(await page.getByTestId('history').innerText()).toContain('interrupted, settled since');
});
