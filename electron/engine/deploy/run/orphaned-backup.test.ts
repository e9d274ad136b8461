import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fakeServer, fakeSite } from '../../../../test/support/fake-deployment';
import { fleetOfTest } from '../../../../test/support/fleet-fixtures';
import { inOwnFolder } from '../../../../test/support/own-folder';
import { planOfTest, stepOfTest } from '../../../../test/support/steps-of-test';
import { VirtualClock } from '../../../../test/support/virtual-clock';
import type { DeployEvent } from '../../../../shared/plan/model/deploy';
import { noteScratch } from '../../compare/orphaned-backups';
import { runDeploy } from './run-deploy';

/* What a killed comparison left holds every credential: a deploy deletes it where it has the lock, and says so. */

/** No process has this number: Linux' largest is 4194304. */
const NOBODY = 2 ** 30;
let configDir: string;
inOwnFolder('orphaned', (made) => (configDir = made));

/** Restarts idm-b. @param left on whom a comparison that was killed left a folder. */
async function restart(left: string, fails = false) {
  const clock = new VirtualClock();
  const servers = ['idm-a', 'idm-b'].map((id) => fakeServer(id, [], { now: () => clock.now() }));
  const gone = { fails: { code: 'gone', message: '', fix: '', where: {} } };
  const sites = await Promise.all(
    servers.map((it) => fakeSite(it, (asked) => (fails && asked === 'scratch' ? gone : null), clock)),
  );
  const site = sites.find(({ server }) => server.id === left);
  if (site === undefined) throw new Error('it is there');
  await noteScratch(configDir, site, '/etc/kanidm/.kanilink/scratch');
  const folder = join(configDir, 'scratch');
  const [name = ''] = await readdir(folder);
  const note = JSON.parse(await readFile(join(folder, name), 'utf8')) as object;
  await writeFile(join(folder, name), JSON.stringify({ ...note, pid: NOBODY, process: undefined }));
  // The program that wrote it is another one.
  await rename(join(folder, name), join(folder, 'left.json'));
  const events: DeployEvent[] = [];
  const outcome = await runDeploy({
    ...{ fleet: fleetOfTest(['idm-a', 'idm-b'], []), text: { path: '/f.toml', text: '' } },
    plan: planOfTest([stepOfTest('restart')]),
    sites: new Map(sites.map((it) => [it.server.id, it])),
    ...{ erase: [], purpose: 'apply', of: null, partial: false, takeOver: false, configDir },
    past: { deploys: [], unreadable: [] },
    ...{ clock, signal: new AbortController().signal },
    tell: (event) => events.push(event),
  });
  const end = events.at(-1);
  return {
    outcome,
    said: events.flatMap((it) => (it.kind === 'output' ? [`${it.step}: ${it.text}`] : [])),
    problems: end?.kind === 'finished' ? end.problems : [],
    notes: await readdir(folder),
  };
}

it('it is deleted on a server that the deploy has locked, and told with its first step', async () => {
  const { outcome, said, problems, notes } = await restart('idm-b');
  expect([outcome, problems, notes]).toEqual(['done', [], []]);
  expect(said[0]).toMatch(/^1: Deleted \/etc\/kanidm\/\.kanilink\/scratch on idm-b/);
});

it('it is left on a server that no step is about', async () => {
  const { outcome, said, notes } = await restart('idm-a');
  expect([outcome, notes]).toEqual(['done', ['left.json']]);
  expect(said.join()).not.toContain('Deleted');
});

it('what could not be deleted is told with the end, which is well all the same', async () => {
  const { outcome, problems, notes } = await restart('idm-b', true);
  expect([outcome, notes]).toEqual(['done', ['left.json']]);
  expect(problems).toMatchObject([{ severity: 'warning', code: 'backup-left-behind', server: 'idm-b' }]);
});
