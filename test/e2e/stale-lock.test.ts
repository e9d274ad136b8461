import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lockOf } from '../support/locks';
import { Looks } from './support/looks';
import { untilReplicating } from './support/replication';
import { open, practise } from './support/session';
import { DEPLOY_LIMIT_MS, pair, ROUNDS_LIMIT_MS } from './support/story';

it('a lock somebody left is said with its owner, and goes over to whoever takes it', async () => {
  const { fleet, servers } = await practise();
  const lock = lockOf(fleet.machine('idm-a'));
  mkdirSync(lock, { recursive: true });
  const owner = { who: 'robin', host: 'laptop', deploy: 'd1', since: Date.now() - 90 * 60_000, token: 't' };
  writeFileSync(join(lock, 'owner'), JSON.stringify(owner));

  const { window } = await open({ fleet: fleet.fleet });
  await pair(window, 'idm-a', 'idm-b', 'idm-a');
  await window.openReview();
  await window.review.allowErase('idm-b');
  await window.review.deploy();
  expect(await window.deploy.untilEnded(DEPLOY_LIMIT_MS)).toBe('refused');
  const said = await window.deploy.text();
  expect(said).toContain('somebody else holds the lock of a server');
  expect(said).toContain('Locked 90 min ago by robin on laptop, and not given back.');
  const looks = new Looks('a lock');
  await looks.at(window.page, 'DeployDialog', 'refused, to be taken over?');
  looks.end();

  await window.deploy.root.getByTestId('take-over').click();
  await window.deploy.root.locator('[data-outcome="running"]').waitFor({ timeout: 30_000 });
  const outcome = await window.deploy.untilEnded(DEPLOY_LIMIT_MS);
  expect(outcome, await window.deploy.text()).toBe('done');
  expect(existsSync(lock)).toBe(false);
  await window.deploy.close();
  await untilReplicating(servers, ROUNDS_LIMIT_MS);
});
