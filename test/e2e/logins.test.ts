import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, it } from 'vitest';
import type { Page } from 'playwright';
import { OUT } from '../../build/launch/places.mjs';
import { untilReplicating } from './support/replication';
import { open, practise } from './support/session';
import { reviewAndDeploy, ROUNDS_LIMIT_MS } from './support/story';
import { until } from './support/until';

const folder = mkdtempSync(join(tmpdir(), 'kanilink-logins-'));
afterAll(() => rmSync(folder, { recursive: true }));

const untilSaid = (page: Page, words: string) =>
  until(
    `it says ${words}`,
    async () => (await page.getByTestId('serves').getAttribute('data-serves')) === words,
    60_000,
  );

it('looks at HTTPS and logins when it is asked, also where it never does by itself', async () => {
  const { fleet } = await practise();
  const { window } = await open({ fleet: fleet.fleet });
  const { page } = window;
  await window.untilServer('idm-b', 'running', 30_000);
  await window.servers.select('idm-a');
  const says = (words: string) => untilSaid(page, words);
  await says('serves');
  await page.getByLabel('Look at logins').selectOption('0');
  await says('not known now');
  await page.getByTestId('look-at-logins').click();
  await says('serves');
  // Whoever checks the servers has not asked for logins, who never wants them looked at.
  await window.command('check the servers now');
  await says('not known now');
  await window.command('look at https and logins now');
  await says('serves');
}, 240_000);

it('shows that nobody can log in beside rounds that succeed, at both ends, and no longer than it is so', async () => {
  const knob = join(folder, 'logins');
  const logins = (word: string): void => writeFileSync(knob, word);
  logins('work');
  const { fleet, servers } = await practise({
    ...{ replication: () => true, linked: true },
    kanidmdEnv: { PRACTICE_LOGINS: `@${knob}` },
  });
  const { window } = await open({ fleet: fleet.fleet });
  const { page } = window;
  for (const id of ['idm-a', 'idm-b']) await window.untilServer(id, 'running', 30_000);
  await window.reviewButton.filter({ hasText: /\d changes?/ }).waitFor({ timeout: 30_000 });
  await reviewAndDeploy(window, ['idm-b']);
  await untilReplicating(servers, ROUNDS_LIMIT_MS);
  const green = () => window.canvas.untilHealth('idm-a', 'idm-b', 'replicating', ROUNDS_LIMIT_MS);
  await green();
  await window.openTab('Problems');
  let wasBroken = '';
  const problem = page.locator('article[data-entry="logins-broken"]');
  for (const [word, said] of [
    ['broken', 'broken'],
    ['work', 'serves'],
  ] as const) {
    logins(word);
    await window.command('look at https and logins now');
    for (const id of ['idm-a', 'idm-b']) {
      await window.servers.select(id);
      await untilSaid(page, said);
    }
    // What ails logins is a problem of its own, and never one of the pulls.
    await until(
      `its problem is ${word === 'broken' ? 'there' : 'gone'}`,
      async () => (await problem.count()) > 0 === (word === 'broken'),
      60_000,
    );
    await green();
    if (word === 'work') continue;
    // The field has whole seconds: one in which they were broken from its beginning on.
    const second = Math.ceil(Date.now() / 1000) * 1000;
    await until('that second has begun', () => Date.now() > second, 5000);
    wasBroken = fieldTime(new Date(second));
  }

  // It is kept: marked in the chart, told of that moment beside a health that was green, and in the table.
  await window.openTab('History');
  await page.getByTestId('history-plot').waitFor({ timeout: 60_000 });
  await page.getByText('What happened', { exact: true }).click();
  for (const mark of [/^HTTPS and logins of idm-a: broken/, /^HTTPS and logins of idm-a: serves/])
    await page.getByText(mark).first().waitFor({ timeout: 60_000 });
  await page.getByLabel('What is drawn').getByText('HTTPS or logins broken').waitFor();
  await page.getByText('As a table', { exact: true }).click();
  await page
    .getByTestId('history-table')
    .getByText(/idm-b broken, idm-a broken/)
    .first()
    .waitFor();
  await page.getByTestId('history-plot').focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  const moment = page.getByTestId('at-moment');
  await moment.getByLabel('At').fill(wasBroken);
  await moment.getByLabel('At').press('Enter');
  const then = moment.getByTestId('moment-logins');
  await then.getByText(/^idm-a broken/).waitFor({ timeout: 30_000 });
  // Of a session that nobody could make, nothing is known.
  await then.getByText(/^idm-b ← idm-a unknown/).waitFor();
  await moment
    .getByText(/^idm-b ← idm-a replicat/)
    .first()
    .waitFor();
  await page.screenshot({ path: join(OUT, 'e2e', 'moment-logins.png') });
});

/** As the field of a moment is written in. */
function fieldTime(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}`;
}
