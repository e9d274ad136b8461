import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readFleet } from '../../shared/fleet/read/read-fleet';
import { AdoptDialog } from './pages/adopt-dialog';
import { chooseFile, clickMenu } from './support/electron-window';
import { Looks } from './support/looks';
import { open, practise } from './support/session';

it('adopts running servers from the first start: reads them, asks whose data wins, draws the fleet they are', async () => {
  const { fleet } = await practise({ replication: () => true });
  // Linked by hand, both ways, as the manual says: nothing in the files tells whose data wins.
  for (const [own, partner] of [
    ['idm-a', 'idm-b'],
    ['idm-b', 'idm-a'],
  ] as const) {
    const shown = await fleet.machine(partner).run(['show-replication-certificate']);
    const certificate = /certificate: "([\w-]+)"/.exec(shown.stdout)?.[1] ?? '';
    const table = `\n[replication."${fleet.machine(partner).origin}"]\ntype = "mutual-pull"\npartner_cert = "${certificate}"\n`;
    await appendFile(fleet.machine(own).config, table);
  }
  const files = () => Promise.all(fleet.machines.map(({ config }) => readFile(config, 'utf8')));
  const before = await files();
  const { window, electron } = await open();
  await window.page.getByTestId('welcome-adopt').click();

  const dialog = new AdoptDialog(window.page);
  for (const [at, machine] of fleet.machines.entries())
    await dialog.fill(at + 1, {
      address: `${machine.user}@${machine.host}:${machine.port}`,
      keyFile: fleet.identity,
      knownHosts: fleet.knownHosts,
    });
  await dialog.look();
  const looks = new Looks('adopted');
  await looks.at(window.page, 'AdoptFound', 'a question');
  expect(await dialog.create.isDisabled()).toBe(true);
  expect(await dialog.links()).toEqual([]);
  await dialog.choosePrimary('idm-b');
  expect(await dialog.links()).toEqual(['idm-b → idm-a']);
  await looks.at(window.page, 'AdoptFound', 'answered');
  looks.end();
  await dialog.create.click();

  await window.canvas.root.waitFor();
  await window.untilServer('idm-a', 'running', 30_000);
  const path = join(electron.home, 'adopted.toml');
  await chooseFile(electron.app, path);
  await clickMenu(electron.app, 'save');
  await window.untilSaved();
  const read = readFleet(await readFile(path, 'utf8'), null);
  expect(read.problems).toEqual([]);
  expect(read.fleet?.servers.map(({ id, origin }) => [id, origin])).toEqual(
    fleet.machines.map(({ id, origin }) => [id, origin]),
  );
  expect(read.fleet?.links).toMatchObject([
    { supplier: 'idm-b', consumer: 'idm-a', mutual: true, automaticRefresh: false },
  ]);
  expect(await files()).toEqual(before);
});
