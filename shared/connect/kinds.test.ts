import { expect, it } from 'vitest';
import type { z } from 'zod';
import { serverId } from '../base/names';
import { readFleet } from '../fleet/read/read-fleet';
import { readDockerEndpoint } from './docker/endpoint';
import { fieldNames, fieldOf, isKindName, keyOf, keysOf, kindNames, kindOf, kinds } from './kinds';

const fleet = (tables: string) =>
  readFleet(`version = 1\nname = "lab"\n${tables}`, null).fleet?.servers ?? [];

it('a kind knows its own name, and nothing else is a kind', () => {
  for (const name of kindNames) expect(kinds[name].table.connect.value).toBe(name);
  expect([null, 'SSH', 'toString', '', 7].filter(isKindName)).toEqual([]);
});

it('a server is handled by its own kind', () => {
  const [a, b] = fleet(`[[server]]\nid = "a"\nconnect = "ssh"\nendpoint = "ssh://root@One.example:22/"
[[server]]\nid = "b"\nconnect = "docker"\nendpoint = "tcp://two:2376"\ncontainer = "kanidm"\ncertificates = "certs"`);
  if (!a || !b) throw new Error('the fleet was not read');
  expect([a, b].map((it) => kindOf(it).unitName(it))).toEqual(['kanidmd', 'kanidm']);
  expect([a, b].map((it) => kindOf(it).identity(it))).toEqual([
    'ssh root@one.example kanidmd ',
    'docker tcp://two:2376 kanidm',
  ]);
  const whole = kindOf(b).resolvePaths(b, (path) => `/fleet/${path}`);
  expect(whole).toEqual({ ...b, certificates: '/fleet/certs' });
  expect(kindOf(a).resolvePaths(a, (path) => `/fleet/${path}`)).toEqual(a);
  expect(serverId('a')).toBe(a.id);
});

it('what a person types is what the fleet file holds', () => {
  for (const kind of kindNames) {
    const table: Readonly<Record<string, z.ZodType>> = kinds[kind].table;
    expect(['connect', 'endpoint', ...keysOf(kind)].sort()).toEqual(Object.keys(table).sort());
    for (const name of fieldNames(kind)) {
      const { isSwitch = false, missing } = fieldOf(kind, name);
      expect(table[keyOf(name)]?.safeParse(true).success, name).toBe(isSwitch);
      // A field that must be typed is one that the file must have.
      expect(table[keyOf(name)]?.safeParse(undefined).success, name).toBe(missing === undefined);
    }
  }
});

it('no two kinds share a key that one of them has alone', () => {
  const keys = kindNames.flatMap(keysOf);
  expect(new Set(keys).size).toBe(keys.length);
});

it('an endpoint of an engine is read by one grammar', () => {
  for (const good of [
    'unix:///run/docker.sock',
    'npipe:////./pipe/docker',
    'tcp://a',
    'tcp://[::1]:2376/',
    'ssh://a@b',
    'context://ab',
  ])
    expect(readDockerEndpoint(good), good).not.toBeNull();
  // Docker takes no name of one letter.
  for (const bad of [
    '',
    'unix://x',
    'unix:////host/x',
    'tcp://',
    'ssh://-x',
    'context://a',
    'context://-ab',
    'http://a',
    'npipe:////host/pipe/x',
  ])
    expect(readDockerEndpoint(bad), bad).toBeNull();
});
