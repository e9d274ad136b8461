import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseFile, clickMenu } from './support/electron-window';
import { practiceServers, type PracticeServer } from './support/practice-server';
import { refreshes, untilReplicating } from './support/replication';
import { open, practiceKanidmd, practise } from './support/session';
import { pair, reviewAndDeploy, ROUNDS_LIMIT_MS } from './support/story';
import { until } from './support/until';

const PEOPLE_OF_A = ['amelie', 'bjarne', 'chiara', 'dayo', 'elif', 'farid'];

describe('two servers, paired by dragging a link', () => {
  it('end in one domain, with the data of the one that was chosen, and the link turns green', async () => {
    const { fleet, servers, server } = await practise();
    const [a, b] = [server('idm-a'), server('idm-b')];
    const before = { a: await a.domainUuid(), b: await b.domainUuid() };
    expect(before.a).not.toBe(before.b);
    expect(await b.people()).toEqual(['test_user']);
    const { window, electron } = await open({ fleet: fleet.fleet });

    await pair(window, 'idm-a', 'idm-b', 'idm-a');
    await window.openReview();
    expect(await window.review.deployButton.isDisabled()).toBe(true);
    const runbook = join(electron.home, 'runbook.md');
    await chooseFile(electron.app, runbook);
    await window.review.saveRunbook();
    await until('the runbook is there', () => Promise.resolve(existsSync(runbook)), 30_000);
    expect(readFileSync(runbook, 'utf8')).toContain('**The whole database of idm-b**');
    await window.review.cancel();
    // Nothing is touched before the person agrees.
    expect(await b.domainUuid()).toBe(before.b);
    expect(a.configText).not.toContain('[replication]');

    await reviewAndDeploy(window, ['idm-b']);
    expect(await untilReplicating(servers, ROUNDS_LIMIT_MS)).toBe(before.a);
    expect(await b.people()).toEqual(PEOPLE_OF_A);
    expect(await a.people()).toEqual(PEOPLE_OF_A);
    expect(refreshes(a)).toEqual([]);
    await window.canvas.untilHealth('idm-a', 'idm-b', 'replicating', ROUNDS_LIMIT_MS);

    // What green promises: a change on either side arrives on the other.
    await b.createPerson('gudrun');
    await untilHas(a, 'gudrun');
    await a.createPerson('hakim');
    await untilHas(b, 'hakim');
  });

  it('the other way round: the server a link is dragged from may be the one that is erased', async () => {
    const { fleet, servers, server } = await practise({ replication: () => true });
    const winner = await server('idm-b').domainUuid();
    const { window } = await open({ fleet: fleet.fleet });

    await pair(window, 'idm-a', 'idm-b', 'idm-b');
    await reviewAndDeploy(window, ['idm-a']);

    expect(await untilReplicating(servers, ROUNDS_LIMIT_MS)).toBe(winner);
    expect(await server('idm-a').people()).toEqual(['test_user']);
    expect(refreshes(server('idm-b'))).toEqual([]);
  });

  it('of the practice fleet the window starts itself end the same, and the saved file opens again', async () => {
    const { window, electron } = await open();
    await window.usePracticeFleet();
    const file = await window.fleetFile();
    const servers = practiceServers(file, practiceKanidmd());
    expect(servers.map(({ id }) => id)).toEqual(['idm-a', 'idm-b']);

    await pair(window, 'idm-a', 'idm-b', 'idm-a');
    await clickMenu(electron.app, 'save');
    await window.untilSaved();
    await reviewAndDeploy(window, ['idm-b']);
    await untilReplicating(servers, ROUNDS_LIMIT_MS);

    // The same file is no other to look at: what was selected is not any more once it was opened.
    await window.servers.select('idm-a');
    await chooseFile(electron.app, file);
    await clickMenu(electron.app, 'open');
    await window.page.getByRole('heading', { name: 'Nothing selected' }).waitFor();
    await window.canvas.untilHealth('idm-a', 'idm-b', 'replicating', ROUNDS_LIMIT_MS);
    await window.openReviewWithoutChanges();
  });
});

async function untilHas(server: PracticeServer, name: string): Promise<void> {
  const arrived = async (): Promise<boolean> => (await server.people()).includes(name);
  await until(`${name} has arrived on ${server.id}`, arrived, ROUNDS_LIMIT_MS);
}
