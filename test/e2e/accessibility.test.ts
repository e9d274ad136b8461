import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright';
import { expect, it } from 'vitest';
import { open, practise } from './support/session';
import { pair } from './support/story';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

it('no main view has a serious mistake for people who read it by screen reader or keyboard', async () => {
  const { fleet } = await practise();
  const found: Record<string, unknown> = {};
  const look = async (page: Page, view: string): Promise<void> => {
    const mistakes = await mistakesOf(page);
    if (mistakes.length > 0) found[view] = mistakes;
  };
  const start = await open();
  await start.window.page.getByTestId('welcome-practice').waitFor();
  await look(start.window.page, 'start');

  const { window } = await open({ fleet: fleet.fleet });
  const { page } = window;
  await window.untilServer('idm-b', 'running', 30_000);
  await look(page, 'canvas');
  await window.servers.edit('idm-b');
  await look(page, 'server dialog');
  await window.servers.closeDialog();
  await window.canvas.drag('idm-a', 'idm-b');
  await window.pairDialog.root.waitFor();
  await look(page, 'whose data wins');
  await window.pairDialog.cancel();
  await pair(window, 'idm-a', 'idm-b', 'idm-a');
  await look(page, 'link and inspector');
  await window.openReview();
  await look(page, 'review');
  await window.review.cancel();
  for (const tab of ['Problems', 'Plan', 'Logs', 'Certificates', 'History'] as const) {
    await window.openTab(tab);
    await look(page, `tab ${tab}`);
  }
  await page.getByRole('button', { name: 'Table' }).click();
  await look(page, 'table');
  await window.command('dark');
  await page.locator('html[data-theme="dark"]').waitFor();
  await look(page, 'dark');
  expect(found).toEqual({});
});

/** What axe-core calls serious or critical, with the elements concerned. */
async function mistakesOf(page: Page): Promise<readonly unknown[]> {
  // Half-way through an animation colours are mixed, and contrast is wrong for a moment.
  await page.evaluate(() =>
    Promise.allSettled(document.getAnimations().map((animation) => animation.finished)),
  );
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const axe = Reflect.get(globalThis, 'axe');
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }: { impact: string }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }: { id: string; nodes: { target: unknown; failureSummary: string }[] }) => ({
        id,
        where: nodes.map(({ target, failureSummary }) => `${String(target)}: ${failureSummary}`),
      }));
  });
}
