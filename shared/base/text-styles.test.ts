import { expect, it } from 'vitest';
import { escapeControls } from './escape-controls';
import { piecesOf, styledStretches, stylesOf } from './text-styles';

const pieces = (text: string) =>
  piecesOf(escapeControls(text), stylesOf(text)).map(({ text: piece, styles }) => [piece, styles.join(' ')]);

it.each<[string, string, readonly (readonly [string, string])[]]>([
  ['no colour', 'plain', [['plain', '']]],
  [
    'a colour and its end',
    'a \u001b[31mred\u001b[0m b',
    [
      ['a ', ''],
      ['red', 'red'],
      [' b', ''],
    ],
  ],
  [
    'several at once',
    '\u001b[1;4;32mok\u001b[22m on\u001b[m',
    [
      ['ok', 'bold underline green'],
      [' on', 'underline green'],
    ],
  ],
  ['a bright colour', '\u001b[91mred\u001b[39m', [['red', 'red']]],
  [
    'a colour by number, which is left out',
    '\u001b[38;5;1;1mx\u001b[48;2;31;32;33;3my',
    [
      ['x', 'bold'],
      ['y', 'bold italic'],
    ],
  ],
  [
    'parameters with colons (ISO 8613-6)',
    '\u001b[38:5:1;1mx\u001b[48:2::31:32:33;4:3;22my\u001b[4:0mz',
    [
      ['x', 'bold'],
      ['y', 'underline'],
      ['z', ''],
    ],
  ],
  ['hidden text, which is shown', '\u001b[8mhidden\u001b[28m', [['hidden', '']]],
  ['a background, which is left out', '\u001b[41mx', [['x', '']]],
  [
    'other sequences, which act on nothing',
    '\u001b[2Ka\u001b]0;title\u0007\u001b[31mb',
    [
      ['\ufffd[2Ka\ufffd]0;title\ufffd', ''],
      ['b', 'red'],
    ],
  ],
  [
    'marks of direction, which are no text',
    '\u202e\u001b[31ma\u202cb',
    [
      ['\ufffd', ''],
      ['a\ufffdb', 'red'],
    ],
  ],
  [
    'a mark outside the basic plane, which is shorter when it is cleaned',
    '\u{e0041}\u001b[31mb',
    [
      ['\ufffd', ''],
      ['b', 'red'],
    ],
  ],
  ['a style that does not end', '\u001b[2mtail', [['tail', 'dim']]],
])('%s', (_name, text, wanted) => {
  expect(pieces(text)).toEqual(wanted);
});

it('a line that changes its colour all the time has a bound, and keeps its text', () => {
  const text = Array.from({ length: 50_000 }, (_, n) => `\u001b[3${n % 8}mx`).join('');
  const styles = stylesOf(text);
  expect(styledStretches.safeParse(styles).success).toBe(true);
  expect(
    pieces(text)
      .map(([piece]) => piece)
      .join(''),
  ).toBe('x'.repeat(50_000));
});

it('a part of a text has the styles of that part, wherever the stretches lie', () => {
  const styles = stylesOf('head \u001b[1mbold\u001b[0m tail');
  expect(piecesOf('bold tail', styles, 5)).toEqual([
    { text: 'bold', styles: ['bold'] },
    { text: ' tail', styles: [] },
  ]);
  expect(piecesOf('hea', styles)).toEqual([{ text: 'hea', styles: [] }]);
  expect(piecesOf('tail', styles, 10)).toEqual([{ text: 'tail', styles: [] }]);
  const wild = [
    { from: 9, to: 2, styles: ['red' as const] },
    { from: 1, to: 99, styles: [] },
  ];
  expect(
    piecesOf('text', wild)
      .map(({ text }) => text)
      .join(''),
  ).toBe('text');
});
