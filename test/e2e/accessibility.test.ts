import { it } from 'vitest';
import { viewIds, viewWords } from '../../shared/ipc/commands';
import { Looks } from './support/looks';
import { open, practise } from './support/session';
import { DEPLOY_LIMIT_MS, pair } from './support/story';
import { surfacesOf } from './support/surfaces';

it('no view, and no dialog of the main job, has a mistake for who reads it by screen reader or keyboard', async () => {
  const { fleet } = await practise();
  const looks = new Looks('main job');
  const start = await open();
  await looks.at(start.window.page, 'Welcome', 'first start');

  const { window } = await open({ fleet: fleet.fleet });
  const { page } = window;
  const views = async (state: string): Promise<void> => {
    for (const id of viewIds) {
      await page
        .getByRole(viewWords[id].place === 'panel' ? 'tab' : 'button', {
          name: viewWords[id].place === 'panel' ? viewWords[id].tab : new RegExp(`^${viewWords[id].tab}$`),
        })
        .click();
      await looks.at(page, surfacesOf(id), state);
    }
    await page.getByRole('button', { name: 'Canvas', exact: true }).click();
  };
  await window.untilServer('idm-b', 'running', 30_000);
  await looks.at(page, ['TopBar', 'Canvas', 'Inspector', 'BottomPanel'], 'nothing drawn');
  await window.servers.edit('idm-b');
  await looks.at(page, 'ServerDialog');
  await window.servers.startTest();
  await window.servers.untilTested();
  await looks.at(page, 'ServerDialog', 'tested');
  await window.servers.closeDialog();
  await looks.at(page, 'ServerInspector');
  await window.canvas.drag('idm-a', 'idm-b');
  await looks.at(page, 'PairDialog');
  await window.pairDialog.cancel();
  await pair(window, 'idm-a', 'idm-b', 'idm-a');
  await window.canvas.link('idm-a', 'idm-b').click();
  await looks.at(page, 'LinkInspector', 'not deployed');
  await page.keyboard.press('F1');
  await looks.at(page, 'KeysDialog');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+K');
  await looks.at(page, 'Palette');
  await page.keyboard.type('no such command');
  await looks.at(page, 'Palette', 'nothing found');
  await page.keyboard.press('Escape');
  await views('not deployed');
  await looks.withContrast(page, 'not deployed');

  await window.openReview();
  await looks.at(page, 'ReviewDialog');
  await window.review.showSteps();
  await looks.at(page, 'ReviewDialog', 'steps');
  await looks.withContrast(page, 'review');
  await window.review.allowErase('idm-b');
  await window.review.deploy();
  await window.deploy.root.waitFor();
  await looks.at(page, 'DeployDialog', 'running');
  await window.deploy.untilEnded(DEPLOY_LIMIT_MS);
  await looks.at(page, 'DeployDialog', 'done');
  await window.deploy.close();
  await window.canvas.untilHealth('idm-a', 'idm-b', 'replicating', DEPLOY_LIMIT_MS);
  await window.servers.select('idm-b');
  await looks.at(page, 'ServerInspector', 'replicating');
  await window.canvas.link('idm-a', 'idm-b').click();
  await looks.at(page, 'LinkInspector', 'replicating');
  await looks.withContrast(page, 'replicating');
  await views('replicating');
  looks.end();
}, 600_000);
