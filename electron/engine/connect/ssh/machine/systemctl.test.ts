import { describe, expect, it } from 'vitest';
import { environmentFiles, execArguments, isUnitName, readProperties, unitName } from './systemctl';

describe('what systemctl show prints', () => {
  it('is properties, those with several values on several lines', () => {
    expect(readProperties('A=1\nB=x=y\nC=\nA=2\nnoise\n')).toEqual({ A: '1\n2', B: 'x=y', C: '' });
  });

  it('holds the words of ExecStart', () => {
    const words = (argv: string) =>
      execArguments(
        `{ path=/usr/sbin/kanidmd ; argv[]=${argv} ; ignore_errors=no ; start_time=[n/a] ; pid=0 ; status=0/0 }`,
      ).join('|');
    expect(words('/usr/sbin/kanidmd server -c /etc/kanidm/server.toml')).toBe(
      '/usr/sbin/kanidmd|server|-c|/etc/kanidm/server.toml',
    );
    expect(words('/bin/sh -c true ; exec kanidmd server')).toBe('/bin/sh|-c|true|;|exec|kanidmd|server');
    expect(execArguments('')).toEqual([]);
    expect(execArguments('{ path=/a }')).toEqual([]);
  });

  it('names environment files', () => {
    expect(environmentFiles('/etc/default/kanidmd (ignore_errors=yes)\n/b c (ignore_errors=no)')).toEqual([
      '/etc/default/kanidmd',
      '/b c',
    ]);
    expect(environmentFiles('')).toEqual([]);
  });
});

it('200 kB of slashes take no time', () => {
  const began = performance.now();
  expect(environmentFiles('/'.repeat(200_000))).toEqual([]);
  expect(environmentFiles(`/ (`.repeat(70_000))).toEqual([]);
  expect(performance.now() - began).toBeLessThan(500);
});

it('a unit’s name gets its suffix once', () => {
  expect(unitName('kanidmd')).toBe('kanidmd.service');
  expect(unitName('kanidmd.service')).toBe('kanidmd.service');
  expect(unitName('kanidmd@a.b')).toBe('kanidmd@a.b.service');
});

it('a unit’s name is none where systemctl would read a pattern or an option', () => {
  for (const name of ['kanidmd.service', 'kanidmd@a.b.service', 'dev-sda\\x2d1.device', 'a:b_c.service'])
    expect(isUnitName(name), name).toBe(true);
  for (const name of [
    '*.service',
    'k?.service',
    '[a].service',
    '-H.service',
    '@.service',
    'a b.service',
    '',
    'a/b',
    'ü',
    '%n',
  ])
    expect(isUnitName(name), name).toBe(false);
  expect(isUnitName(`${'x'.repeat(250)}.service`)).toBe(false);
});
