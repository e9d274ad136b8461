import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitWords } from './words';

const words = (line: string): readonly string[] | string => {
  const split = splitWords(line);
  return split.ok ? split.words : split.message;
};

/** The one quoting that is safe for every argument: single quotes, and a quoted quote between two of them. */
const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

describe('splitting a command line', () => {
  it('gives back whatever was quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (given) => {
        expect(words(given.map(quote).join(' '))).toEqual(given);
      }),
    );
  });

  it.each([
    ['a  b\tc', ['a', 'b', 'c']],
    [`a'b'"c"\\d`, ['abcd']],
    [`'' ""`, ['', '']],
    ['"a\\"b\\\\c\\$d\\e"', ['a"b\\c$d\\e']],
    ['date +%s.%N', ['date', '+%s.%N']],
    ['a#b a~b', ['a#b', 'a~b']],
    ["'a\nb'", ['a\nb']],
    ['', []],
  ])('reads %j', (line, expected) => expect(words(line)).toEqual(expected));

  it.each([
    'a; b',
    'a && b',
    'a | b',
    'a > b',
    '$(a)',
    '`a`',
    '$A',
    '"$A"',
    '"`a`"',
    '*',
    '?',
    '[a]',
    '~/a',
    '# a',
    'a\nb',
    "'a",
    '"a',
    'a\\',
  ])('refuses %j', (line) => expect(typeof words(line)).toBe('string'));
});
