import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FLEET_EXTENSION, fleetFileName, fleetFileStem } from './fleet-file-name';

it('a new fleet file has a name that desktops know, and no sign a path or a shell would mind', () => {
  expect(fleetFileName('Home lab')).toBe('home-lab.kanilink.toml');
  expect(fleetFileName('../Über $(x)')).toBe('ber-x.kanilink.toml');
  expect(fleetFileName('…')).toBe('fleet.kanilink.toml');
});

it('the packages tell the desktop of the same ending', () => {
  const builder = readFileSync(`${import.meta.dirname}/../../build/electron-builder.yml`, 'utf8');
  expect(`.${/ ext: (.+),/.exec(builder)?.[1]}`).toBe(FLEET_EXTENSION);
});

it('what is made of a fleet is named after it, whichever of both its file ends in', () => {
  expect(['lab.toml', 'lab.kanilink.toml', 'lab.TOML', 'new fleet'].map(fleetFileStem)).toEqual([
    ...['lab', 'lab', 'lab', 'new fleet'],
  ]);
});
