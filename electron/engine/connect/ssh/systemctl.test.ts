import { describe, expect, it } from 'vitest';
import {
  configArgument,
  environmentFiles,
  execArguments,
  isUnitName,
  readEnvironment,
  readEnvironmentFile,
  readProperties,
  unitName,
} from './systemctl';

describe('what systemctl show prints', () => {
  it('is properties, those with several values on several lines', () => {
    expect(readProperties('A=1\nB=x=y\nC=\nA=2\nnoise\n')).toEqual({ A: '1\n2', B: 'x=y', C: '' });
  });

  it('holds the config in the arguments of ExecStart, however it is spelled', () => {
    const argv = (words: string) =>
      configArgument(
        execArguments(`{ path=/usr/sbin/kanidmd ; argv[]=${words} ; ignore_errors=no ; pid=0 }`),
      );
    expect(argv('/usr/sbin/kanidmd server -c /etc/kanidm/server.toml')).toBe('/etc/kanidm/server.toml');
    expect(argv('kanidmd server --config-path=/a.toml')).toBe('/a.toml');
    expect(argv('kanidmd server --config /a.toml --other')).toBe('/a.toml');
    expect(argv('kanidmd server -c/a.toml')).toBe('/a.toml');
    expect(argv('kanidmd server')).toBeNull();
    expect(argv('kanidmd server -c')).toBeNull();
    expect(execArguments('')).toEqual([]);
  });

  it('quotes variables that need it', () => {
    expect(readEnvironment('A=1 "B=two words" "C=a \\"quoted\\" one" D=')).toEqual({
      A: '1',
      B: 'two words',
      C: 'a "quoted" one',
      D: '',
    });
  });

  it('names environment files', () => {
    expect(environmentFiles('/etc/default/kanidmd (ignore_errors=yes)\n/b c (ignore_errors=no)')).toEqual([
      '/etc/default/kanidmd',
      '/b c',
    ]);
    expect(environmentFiles('')).toEqual([]);
  });
});

it('an environment file is read as systemd reads it', () => {
  expect(readEnvironmentFile('# c\n; c\nA=1\n B = no\nC="x y"\nD=\'z\'\nnoise\n')).toEqual({
    A: '1',
    C: 'x y',
    D: 'z',
  });
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
