import { expect, it } from 'vitest';
import { ago, count, fileName, list, month, sentence, span, stopwatch } from './words';

it('ages are in their largest sensible unit', () => {
  expect([999, 4000, 89_000, 180_000, 7_200_000, 5 * 86_400_000].map((ms) => ago(0, ms))).toEqual([
    'just now',
    '4 s ago',
    '89 s ago',
    '3 min ago',
    '2 h ago',
    '5 days ago',
  ]);
  expect(ago(5000, 0)).toBe('just now');
  expect(span(-5)).toBe('0 s');
});

it('counts, lists and names', () => {
  expect([count(1, 'step'), count(2, 'step'), count(0, 'entry', 'entries')]).toEqual([
    '1 step',
    '2 steps',
    '0 entries',
  ]);
  expect([list([]), list(['a']), list(['a', 'b']), list(['a', 'b', 'c'])]).toEqual([
    '',
    'a',
    'a and b',
    'a, b and c',
  ]);
  expect(fileName('/home/ada/fleet.toml')).toBe('fleet.toml');
  expect(fileName('C:\\fleets\\a.toml')).toBe('a.toml');
});

it('times are read aloud well', () => {
  expect([stopwatch(0), stopwatch(7400), stopwatch(760_000)]).toEqual(['0:00', '0:07', '12:40']);
  expect(month('2030-11-22T15:27:31Z')).toBe('Nov 2030');
  expect(month('never')).toBe('never');
});

it('a sentence begins with a capital, a server’s name stays as it is', () => {
  expect(sentence('this is not valid TOML')).toBe('This is not valid TOML');
  expect(sentence('idm-a cannot be reached')).toBe('idm-a cannot be reached');
  expect(sentence('alpha cannot be reached', 'alpha')).toBe('alpha cannot be reached');
  expect(sentence('ssh://ada@idm-a: nothing accepts connections there')).toMatch(/^ssh:/);
  expect(sentence('refused: no rights')).toBe('Refused: no rights');
  expect(sentence('server[2].origin is missing')).toBe('server[2].origin is missing');
});
