import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { Looks } from './support/looks';
import { open, practise } from './support/session';
import { DEPLOY_LIMIT_MS, pair } from './support/story';

/** So late that what is cancelled goes on for a while, milliseconds. */
const LATE_MS = 8000;

it('no deploy that cannot run, fails or is cancelled has a mistake for who reads it by screen reader or keyboard', async () => {
  const looks = new Looks('bad ends');
  const { fleet } = await practise();
  const away = join(dirname(fleet.fleet), 'away.toml');
  const links = ['idm-b', 'idm-c'].map((id) => `\n[[link]]\nsupplier = "idm-a"\nconsumer = "${id}"\n`);
  const idmC = `\n[[server]]\nid = "idm-c"\nconnect = "ssh"\nendpoint = "ssh://ada@127.0.0.1:1"\norigin = "repl://idm-c.localhost:8444"\n`;
  writeFileSync(away, [readFileSync(fleet.fleet, 'utf8'), idmC, ...links].join(''));
  const one = await open({ fleet: away });
  await one.window.untilServer('idm-b', 'running', 30_000);
  await one.window.openReview();
  await one.window.review.blocked.waitFor();
  await looks.at(one.window.page, 'ReviewDialog', 'blocked');
  await one.electron.close();

  const { window } = await open({ fleet: fleet.fleet });
  const { page, deploy, review } = window;
  const begin = async (): Promise<void> => {
    await window.openReview();
    for (const id of await review.erased()) await review.allowErase(id);
    await review.deploy();
  };
  await pair(window, 'idm-a', 'idm-b', 'idm-a');
  fleet.machine('idm-a').failNext('rename', 1000);
  await begin();
  expect(await deploy.untilEnded(DEPLOY_LIMIT_MS), await deploy.text()).toBe('failed');
  await looks.at(page, 'DeployDialog', 'failed');
  await deploy.close();
  fleet.machine('idm-a').failNext('rename', 0);

  await begin();
  await deploy.root.locator('[data-step-state="done"]').first().waitFor({ timeout: DEPLOY_LIMIT_MS });
  for (const machine of fleet.machines) machine.delay(LATE_MS);
  await page.getByTestId('cancel-deploy').click();
  await looks.at(page, 'DeployDialog', 'to be cancelled?');
  await page.getByTestId('cancel-deploy-really').click();
  await deploy.root.getByText('Cancelling: the running step finishes or is undone.').waitFor();
  await looks.at(page, 'DeployDialog', 'cancelling');
  for (const machine of fleet.machines) machine.delay(0);
  expect(await deploy.untilEnded(DEPLOY_LIMIT_MS), await deploy.text()).toBe('cancelled');
  await looks.at(page, 'DeployDialog', 'cancelled');
  looks.end();
}, 300_000);
