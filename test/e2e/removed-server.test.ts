import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Looks } from './support/looks';
import { untilReplicating } from './support/replication';
import { open, practise } from './support/session';
import { pair, reviewAndDeploy, ROUNDS_LIMIT_MS } from './support/story';
import { until } from './support/until';

const LIMIT_MS = 30_000;

it('a server that was taken out and runs stays, with what is observed of it, until a deploy ends it', async () => {
  const { fleet, servers } = await practise({ replication: () => true });
  const { window, electron } = await open({ fleet: fleet.fleet, size: { width: 1600, height: 900 } });
  const { page, canvas } = window;
  await pair(window, 'idm-a', 'idm-b', 'idm-a');
  await reviewAndDeploy(window, ['idm-b']);
  await untilReplicating(servers, ROUNDS_LIMIT_MS);
  await canvas.untilHealth('idm-a', 'idm-b', 'replicating', ROUNDS_LIMIT_MS);

  const remove = async (): Promise<void> => {
    await window.servers.select('idm-b');
    await window.servers.inspector.getByRole('button', { name: 'Remove…' }).click();
    await page.getByTestId('remove-dialog').getByRole('button', { name: 'Remove idm-b' }).click();
    await canvas.root.locator('[data-server="idm-b"][data-difference="removed"]').waitFor();
  };
  // Nothing that is observed changes with it, nor with its undoing, not for a moment.
  await page.evaluate(() => {
    const seen: string[] = ((globalThis as { seen?: string[] }).seen = []);
    new MutationObserver(() => {
      const server = document.querySelector('[data-server="idm-b"]');
      const link = document.querySelector('[data-link="idm-a→idm-b"]');
      seen.push(`${server?.getAttribute('data-tone')} ${link?.getAttribute('data-pull-health')}`);
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  await remove();
  const row = window.servers.row('idm-b');
  expect(await row.innerText()).toContain('to be removed');
  expect(await canvas.link('idm-a', 'idm-b').getAttribute('data-difference')).toBe('removed');
  await until(
    'it is counted as a change',
    async () => /change/.test(await window.reviewButton.innerText()),
    90_000,
  );
  await page.keyboard.press('Control+Z');
  await canvas.root.locator('[data-server="idm-b"]:not([data-difference])').waitFor();
  await remove();
  await row.click();
  const inspector = page.getByTestId('leaving-inspector');
  expect(await inspector.innerText()).toMatch(
    /To be removed[\s\S]*removes its table from idm-a[\s\S]*running/,
  );
  const seen = await page.evaluate(() => (globalThis as { seen?: string[] }).seen ?? []);
  expect([...new Set(seen)]).toEqual(['good replicating']);
  const looks = new Looks('server taken out');
  await looks.at(page, 'LeavingInspector');
  looks.end();
  // The second line of the pill is seen, not only there.
  const words = canvas.link('idm-a', 'idm-b').getByText('to be removed');
  expect((await words.boundingBox())?.height).toBeGreaterThan(8);
  await window.command('Table');
  const line = page.locator('[data-testid="links-table"] [data-link="idm-a→idm-b"]');
  expect(await line.innerText()).toContain('to be removed');
  expect(await line.getAttribute('data-pull-health')).toBe('replicating');
  const taken = page.locator('[data-server-line="idm-b"]');
  expect(await taken.innerText()).toMatch(/^idm-b\s+running[\s\S]*to be removed/);
  expect(await taken.getByRole('button', { name: /Edit|Remove/ }).count()).toBe(0);
  await window.command('Canvas');
  expect((await window.problems()).join('\n')).not.toMatch(/No servers are linked|in 2 parts/);

  // What is observed of it is what it does now.
  await fleet.machine('idm-b').stopKanidmd();
  await window.untilServer('idm-b', 'stopped', LIMIT_MS);
  await fleet.machine('idm-b').startKanidmd();
  await window.untilServer('idm-b', 'running', LIMIT_MS);

  // Saved, and opened again: its partner still has a table for it.
  await page.keyboard.press('Control+S');
  await window.untilSaved();
  expect(readFileSync(fleet.fleet, 'utf8')).not.toContain('id = "idm-b"');
  await electron.close();
  const again = await open({ fleet: fleet.fleet, home: electron.home, size: { width: 1600, height: 900 } });
  const ghost = again.window.canvas.root.locator('[data-server^="repl://idm-b"][data-difference="removed"]');
  await ghost.waitFor({ timeout: LIMIT_MS });

  await reviewAndDeploy(again.window, []);
  await ghost.waitFor({ state: 'detached', timeout: LIMIT_MS });
  expect(await again.window.canvas.root.locator('[data-server]').count()).toBe(1);
  expect(await again.window.servers.row('idm-a').innerText()).not.toContain('to be removed');
});
