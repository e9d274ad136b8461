import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { chooseFile, clickMenu } from './support/electron-window';
import { open, practise } from './support/session';
import { pair } from './support/story';
import { until } from './support/until';

it('the topology is saved as a picture, SVG and PNG, as it stands on the canvas', async () => {
  const { fleet } = await practise();
  const { electron, window } = await open({ fleet: fleet.fleet });
  await window.untilServer('idm-b', 'running', 30_000);
  await pair(window, 'idm-a', 'idm-b', 'idm-a');
  await window.canvas.untilHealth('idm-a', 'idm-b', 'new', 30_000);

  const svg = join(electron.home, 'fleet.svg');
  await chooseFile(electron.app, svg);
  await clickMenu(electron.app, 'picture-svg');
  await until('the SVG is there', () => Promise.resolve(existsSync(svg)), 10_000);
  const drawn = readFileSync(svg, 'utf8');
  for (const words of ['idm-a', 'idm-b', 'primary', 'new · not deployed']) expect(drawn).toContain(words);

  const png = join(electron.home, 'fleet.png');
  await chooseFile(electron.app, png);
  await clickMenu(electron.app, 'picture-png');
  await until('the PNG is there', () => Promise.resolve(existsSync(png)), 10_000);
  const bytes = readFileSync(png);
  expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
  const size = /viewBox="\S+ \S+ (\S+) (\S+)"/.exec(drawn);
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([
    2 * Number(size?.[1]),
    2 * Number(size?.[2]),
  ]);
});
