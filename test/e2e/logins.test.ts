import { it } from 'vitest';
import { open, practise } from './support/session';
import { until } from './support/until';

it('looks at HTTPS and logins when it is asked, also where it never does by itself', async () => {
  const { fleet } = await practise();
  const { window } = await open({ fleet: fleet.fleet });
  const { page } = window;
  await window.untilServer('idm-b', 'running', 30_000);
  await window.servers.select('idm-a');
  const says = (words: string) =>
    until(
      `it says ${words}`,
      async () => (await page.getByTestId('serves').getAttribute('data-serves')) === words,
      60_000,
    );
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
