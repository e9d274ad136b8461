import { expect, it } from 'vitest';
import { colorWhen } from '../text/paint';
import { readArguments } from './arguments';
import { commands } from '../commands';

const read = (name: string, ...words: string[]) => {
  const command = commands.find((each) => each.name === name);
  if (command === undefined) throw new Error(`there is no command ${name}`);
  return readArguments(command, words);
};

it('takes --color with every command, and is automatic without it', () => {
  const plain = read('check', 'fleet.toml');
  expect(plain).toMatchObject({ ok: true, value: { color: 'auto' } });
  for (const color of colorWhen) {
    expect(read('check', 'fleet.toml', '--color', color)).toMatchObject({ ok: true, value: { color } });
    expect(read('practice', `--color=${color}`)).toMatchObject({ ok: true, value: { color } });
  }
});

it('refuses any other word for --color, and none', () => {
  for (const word of ['yes', 'Always', ''])
    expect(read('check', 'fleet.toml', `--color=${word}`)).toEqual({
      ok: false,
      complaint: '--color is one of auto, always, never',
    });
  expect(read('check', 'fleet.toml', '--color')).toMatchObject({ ok: false });
});
