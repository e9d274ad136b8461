import { expect, it } from 'vitest';
import { open, practise } from './support/session';
import { DEPLOY_LIMIT_MS, pair } from './support/story';

it('the review is a summary first, as high from its first frame; the deploy and the history say what was done', async () => {
  const { fleet } = await practise();
  const { window } = await open({ fleet: fleet.fleet });
  const { review, deploy, page, reviewButton } = window;
  await window.untilServer('idm-b', 'running', 30_000);
  await pair(window, 'idm-a', 'idm-b', 'idm-a');
  await reviewButton.filter({ hasText: /\d changes/ }).waitFor({ timeout: 60_000 });
  const changes = /\d+ changes/.exec(await reviewButton.innerText())?.[0];
  await reviewButton.click();
  await review.root.waitFor();
  const first = (await review.root.boundingBox())?.height ?? 0;
  await review.untilPlanned();
  expect((await review.root.boundingBox())?.height).toBeCloseTo(first, 1);

  const summary = (await review.root.getByTestId('plan-summary').innerText()).replaceAll(/\s+/g, ' ');
  expect(summary).toMatch(
    /^Changes \d changes in \d steps Erases the database of idm-b Restarts idm-a and idm-b, never two at once: .* Writes server.toml of idm-a and idm-b Takes not known/,
  );
  expect(await review.deployButton.innerText()).toBe(`Deploy · ${changes ?? ''} · erases idm-b`);
  // Nothing that this very deploy puts right stands as a problem, and the steps are folded.
  expect(await review.root.getByText('has not been deployed').count()).toBe(0);
  expect(await review.steps.first().isVisible()).toBe(false);
  const diff = review.root.locator('[data-diff-of="idm-a"]');
  await diff.locator('summary').click();
  const lines = diff.getByTestId('diff').first();
  await lines.waitFor();
  expect(await lines.evaluate((element) => getComputedStyle(element).fontVariantLigatures)).toBe('none');

  await review.allowErase('idm-b');
  await review.deploy();
  await deploy.root.getByText(/^Step \d of \d+$/).waitFor({ timeout: DEPLOY_LIMIT_MS });
  expect(await deploy.untilEnded(DEPLOY_LIMIT_MS), await deploy.text()).toBe('done');
  expect(await deploy.outcome.locator('strong').innerText()).toMatch(
    /^Deployed\. idm-a and idm-b hold the same \d+ entries\./,
  );
  await deploy.close();

  await window.openTab('History');
  const past = page.locator('[data-past]').first();
  expect(await past.locator('summary').innerText()).toContain(
    'Deploy of idm-a and idm-b (erased idm-b): done',
  );
  await past.locator('summary').click();
  await past
    .getByRole('button', { name: /^Put back idm-a’s earlier server\.toml/ })
    .first()
    .waitFor();
});
