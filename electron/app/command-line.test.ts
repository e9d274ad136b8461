import { describe, expect, it } from 'vitest';
import { readArguments } from './command-line';

const read = (...words: string[]): ReturnType<typeof readArguments> =>
  readArguments(['/opt/electron', ...words], '/home/ada', '/opt/kanilink');

describe('the command line of the window', () => {
  it('opens the fleet that is named, from where it was called', () => {
    expect(read('lab/fleet.toml').fleet).toBe('/home/ada/lab/fleet.toml');
    expect(read('/srv/fleet.toml').fleet).toBe('/srv/fleet.toml');
  });

  it('takes neither the app’s own folder nor a switch for a fleet', () => {
    expect(read('/opt/kanilink', '--no-sandbox', '--inspect=0')).toEqual({
      ...{ fleet: null, userData: null, trace: false },
    });
    expect(read('--no-sandbox', '/opt/kanilink', 'fleet.toml').fleet).toBe('/home/ada/fleet.toml');
  });

  it('keeps its things where it is told to', () => {
    expect(read('--user-data-dir=/tmp/here').userData).toBe('/tmp/here');
    expect(read('--user-data-dir', 'here', 'fleet.toml')).toEqual({
      fleet: '/home/ada/fleet.toml',
      userData: '/home/ada/here',
      trace: false,
    });
  });

  it('traces when it is told to', () => {
    expect(read('--trace', 'fleet.toml')).toMatchObject({ trace: true, fleet: '/home/ada/fleet.toml' });
  });
});

it('opens what a menu entry or a file manager names by its URL', () => {
  const open = (word: string) => readArguments(['/opt/Kanilink/kanilink', word], '/here', '/app').fleet;
  expect(open('file:///home/ada/my%20fleet.kanilink.toml')).toBe('/home/ada/my fleet.kanilink.toml');
  expect(open('file://elsewhere/fleet.kanilink.toml')).toBeNull();
});
