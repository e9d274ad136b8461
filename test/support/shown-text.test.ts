import { expect, it } from 'vitest';
import { oddLines } from '../e2e/support/shown-text';

it.each([
  'Looked at 3:04 PM.',
  'Looked at 3 p.m. today',
  'Reached by Https://idm.example.com now',
  'Write it as Repl://name:8444',
  'LINK IDM-A ⇄ IDM-B',
  'Two  spaces',
  'It is stopped .',
  'It is stopped.. Start it.',
  'It is stopped,. Start it.',
  'It is stopped. . Start it.',
  'It is stopped.Start it again',
  'It is stopped. start it again.',
  'idm-b was not checked (primary-looks-new).',
])('text that nobody would write is found: %s', (line) => {
  expect(oddLines([line])).toHaveLength(1);
});

it('text as it ought to be is not', () => {
  const good = [
    'Looked 15:04:05, by the watch of this fleet.',
    'Write it as repl://name:8444.',
    'Planning… It takes a while.',
    'It is stopped. idm-a follows from it.',
    'Add a server…',
    'SSH ada@127.0.0.1:1 is not reached; try again.',
    'Kanidm 1.10.5. Its certificate ends on 2027-01-02.',
    'I am here. It is stopped: start it.',
  ];
  expect(oddLines(good)).toEqual([]);
});
