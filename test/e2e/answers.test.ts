import { afterEach, expect, it } from 'vitest';
import { type Balancer, startBalancer } from '../support/balancer';
import { Looks } from './support/looks';
import { open, practise } from './support/session';

let balancer: Balancer | null = null;
afterEach(() => balancer?.close());

const portOf = (configText: string): number =>
  Number(/^bindaddress *= *["']127\.0\.0\.1:(\d+)/m.exec(configText)?.[1]);

it('shows how a balancer spreads requests, and which server it was not seen to send any', async () => {
  const { fleet, servers } = await practise();
  const looks = new Looks('who answers');
  const { window } = await open({ fleet: fleet.fleet });
  const { page } = window;
  await window.untilServer('idm-b', 'running', 30_000);
  await window.servers.select('idm-a');
  await page.getByTestId('who-answers').click();
  await looks.at(page, 'AnswersDialog');
  const dialog = page.getByTestId('answers-dialog');
  const answered = (id: string) => dialog.locator(`[data-answers="${id}"] .count`);

  const [a = 0, b = 0] = servers.map(({ configText }) => portOf(configText));
  balancer = await startBalancer([a, a, b]);
  await dialog.getByLabel('Public origin').fill('http://idm.localhost');
  await dialog.getByTestId('answers-ask').click();
  await dialog.getByText('Write it as https://NAME').waitFor();
  await dialog.getByLabel('Public origin').fill(`https://idm.localhost:${balancer.port}`);
  await page.keyboard.press('Enter');
  await answered('idm-b').waitFor();
  expect([await answered('idm-a').textContent(), await answered('idm-b').textContent()]).toEqual([
    '8 of 12',
    '4 of 12',
  ]);
  await looks.at(page, 'AnswersDialog', 'spread');
  await balancer.close();

  balancer = await startBalancer([a]);
  await dialog.getByLabel('Public origin').fill(`https://idm.localhost:${balancer.port}`);
  await dialog.getByLabel('Requests').fill('3');
  await page.keyboard.press('Enter');
  await dialog.getByText('idm-b answered 0 of 3 requests from this computer').waitFor();
  await looks.at(page, 'AnswersDialog', 'one server gets none');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  await window.command('how far behind');
  const behind = page.getByTestId('behind-dialog');
  await behind.getByTestId('behind-ask').click();
  for (const id of ['idm-a', 'idm-b'])
    await behind.locator(`[data-behind="${id}"][data-tone="good"]`).getByText('It knows').waitFor();
  await looks.at(page, 'BehindDialog');
  looks.end();
}, 240_000);
