import { describe, expect, it } from 'vitest';
import { configArgument, kanidmdArguments, serverCommand } from './kanidmd-arguments';

const CONFIG = '/etc/kanidm/server.toml';

describe('the command line of a server', () => {
  // kanidmd's long flag is --config before 1.8 and --config-path since; -c is always there.
  it.each([
    ['after the subcommand', ['server', '-c', CONFIG]],
    ['joined to it', ['server', `-c${CONFIG}`]],
    ['with an equals sign', ['server', `-c=${CONFIG}`]],
    ['long, before 1.8', ['server', '--config', CONFIG]],
    ['long, before 1.8, with an equals sign', ['server', `--config=${CONFIG}`]],
    ['long, since 1.8', ['server', '--config-path', CONFIG]],
    ['long, since 1.8, with an equals sign', ['server', `--config-path=${CONFIG}`]],
    ['before the subcommand', ['-c', CONFIG, 'server']],
    ['before the subcommand, joined', [`-c${CONFIG}`, 'server']],
    ['before the subcommand, long', ['--config-path', CONFIG, 'server']],
    ['before the subcommand, long with an equals sign', [`--config-path=${CONFIG}`, 'server']],
    ['before the subcommand, old long flag', ['--config', CONFIG, 'server']],
  ])('names its configuration %s', (_, words) => {
    expect(serverCommand(['/sbin/kanidmd', ...words])).toEqual({
      program: ['/sbin/kanidmd'],
      config: CONFIG,
    });
    expect(serverCommand(['/sbin/tini', '--', 'kanidmd', ...words])).toEqual({
      program: ['/sbin/tini', '--', 'kanidmd'],
      config: CONFIG,
    });
    expect(configArgument(['/usr/sbin/kanidmd', ...words])).toBe(CONFIG);
  });

  it.each([
    [['kanidmd', 'server']],
    [['kanidmd', 'server', '-c']],
    [['kanidmd', 'server', '--config-path=']],
    [['kanidmd', 'server', '--', '-c', CONFIG]],
    [[]],
  ])('%j names none', (argv) => {
    expect(configArgument(argv)).toBeNull();
  });

  it('may be a program that stands for kanidmd, and a configuration may be named like a subcommand', () => {
    expect(serverCommand(['/bin/node', '/kanidmd.cjs', 'server', '-c', '/x y'])).toEqual({
      program: ['/bin/node', '/kanidmd.cjs'],
      config: '/x y',
    });
    expect(serverCommand(['kanidmd', '-c', 'server', 'server'])).toEqual({
      program: ['kanidmd'],
      config: 'server',
    });
    expect(configArgument(['/opt/idm-wrapper', '-c', '/x'])).toBe('/x');
    expect(serverCommand(['/opt/idm', 'server', '--config', '/x'])).toEqual({
      program: ['/opt/idm'],
      config: '/x',
    });
  });

  it('may be given to a shell, whose own -c is no configuration', () => {
    const script = `umask 027; exec "/sbin/kanidmd" server --config-path '${CONFIG}'`;
    for (const argv of [
      ['/bin/sh', '-c', script],
      ['bash', '-euc', script],
    ])
      expect(serverCommand(argv)).toEqual({ program: ['/sbin/kanidmd'], config: CONFIG });
    expect(configArgument(['/bin/sh', '-c', 'exec something else'])).toBeNull();
  });
});

it('a command gets the configuration where its subcommand takes one', () => {
  expect(kanidmdArguments(['domain', 'show'], '/c')).toEqual(['domain', 'show', '-c', '/c']);
  for (const bare of [['version'], ['scripting', '--help'], []])
    expect(kanidmdArguments(bare, '/c')).toEqual(bare);
});
