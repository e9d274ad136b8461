import { expect, it } from 'vitest';
import { open, practise } from './support/session';

it('a test of a connection is seen where it comes, and counts only for what it tested', async () => {
  const { fleet } = await practise();
  const { window } = await open({ fleet: fleet.fleet, size: { width: 1024, height: 620 } });
  const { servers } = window;
  await window.untilServer('idm-b', 'running', 30_000);
  await servers.edit('idm-b');
  const { dialog, testResult } = servers;
  await dialog.getByText('More settings').click();
  await servers.startTest();
  expect((await servers.untilTested()).state).toBe('running');
  // Its first line lies between the dialog's head and its buttons.
  const [result, body] = await Promise.all([
    testResult.boundingBox(),
    dialog.locator('.dialog-body').boundingBox(),
  ]);
  expect(result && body && result.y >= body.y - 1 && result.y + 40 <= body.y + body.height).toBe(true);

  const address = dialog.getByLabel('SSH address');
  const typed = await address.inputValue();
  await dialog.getByTestId('connect-docker').click();
  expect(await dialog.getByLabel('Docker endpoint').inputValue()).toBe('');
  expect(await testResult.count()).toBe(0);
  // The containers of an endpoint that is known are listed without a click; a fault is whole sentences.
  await dialog.getByLabel('Docker endpoint').fill(`unix://${fleet.fleet}.sock`);
  const fault = dialog.getByTestId('containers').getByRole('alert');
  await fault.waitFor();
  expect(await fault.innerText()).toMatch(/no such socket\. [A-Z]/);

  await dialog.getByTestId('connect-ssh').click();
  expect(await address.inputValue()).toBe(typed);
  expect(await testResult.count()).toBe(1);
  await address.fill('admin@127.0.0.1:1');
  expect(await testResult.count()).toBe(0);
  // Of one that cannot be reached there is the cause, and no list of what is not known.
  await servers.startTest();
  const away = await servers.untilTested();
  expect(away.state).toBe('unreachable');
  expect(away.text).toContain('nothing accepts connections there');
  expect(away.text).not.toContain('not known');
});

it('in the inspector it is in sight too, and leaves once the server is another, or is reached in another way', async () => {
  const { fleet } = await practise();
  const { window } = await open({ fleet: fleet.fleet, size: { width: 1024, height: 620 } });
  const { servers, page } = window;
  const { inspector, testResult } = servers;
  const test = inspector.getByTestId('test-connection');
  await window.untilServer('idm-b', 'running', 30_000);
  await servers.select('idm-b');
  await test.click();
  expect((await servers.untilTested()).state).toBe('running');
  const [result, part] = await Promise.all([
    testResult.boundingBox(),
    page.locator('aside[aria-label="Inspector"]').boundingBox(),
  ]);
  expect(result && part && result.y >= part.y - 1 && result.y + 40 <= part.y + part.height).toBe(true);

  await fleet.machine('idm-b').stopKanidmd();
  await testResult.waitFor({ state: 'detached', timeout: 30_000 });
  await window.untilServer('idm-b', 'stopped', 30_000);
  await test.click();
  expect((await servers.untilTested()).state).toBe('stopped');
  await fleet.machine('idm-b').startKanidmd();
  await testResult.waitFor({ state: 'detached', timeout: 30_000 });

  await window.untilServer('idm-b', 'running', 30_000);
  await test.click();
  expect((await servers.untilTested()).state).toBe('running');
  await servers.edit('idm-b');
  await servers.dialog.getByLabel('SSH address').fill('admin@127.0.0.1:1');
  await servers.dialog.getByRole('button', { name: 'Keep changes' }).click();
  await testResult.waitFor({ state: 'detached' });
});
