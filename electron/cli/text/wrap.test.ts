import fc from 'fast-check';
import { expect, it } from 'vitest';
import { helpText } from '../help';
import { coloured } from './paint';
import { wrap } from './wrap';

const widest = (text: string) => Math.max(...text.split('\n').map((line) => [...line].length));

it('leaves everything as it is without a terminal, and what fits', () => {
  const long = 'word '.repeat(60);
  expect(wrap(long, null)).toBe(long);
  expect(wrap('short\n\n  lines', 40)).toBe('short\n\n  lines');
});

it('goes on under the column where the text of a line begins', () => {
  expect(wrap('error    idm-a: something is not as it should be', 30)).toBe(
    'error    idm-a: something is\n         not as it should be',
  );
  expect(wrap('  --json   prints one document', 24)).toBe('  --json   prints one\n           document');
});

it('keeps diffs, evidence and words without a space', () => {
  const kept = [
    '      + replication.origin = "repl://idm-a.example.com:8444"',
    '         | what a server said, in one long line of words',
    'https://idm-a.example.com/a/very/long/path/without/any/space',
  ].join('\n');
  expect(wrap(kept, 30)).toBe(kept);
});

it('does not count colours', () => {
  const line = `${coloured.bad('error')}    ${coloured.strong('idm-a')}: is down`;
  expect(wrap(line, 23)).toBe(line);
});

it('makes the help fit 80 and 60 columns', () => {
  for (const columns of [60, 80]) expect(widest(wrap(helpText(), columns))).toBeLessThanOrEqual(columns);
});

it('changes nothing but spaces and line ends', () => {
  const bare = (text: string) => text.replaceAll(/\s/g, '');
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 1, max: 100 }), (text, columns) => {
      expect(bare(wrap(text, columns))).toBe(bare(text));
    }),
  );
});
