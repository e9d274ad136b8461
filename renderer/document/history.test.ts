import { expect, it } from 'vitest';
import { type History, pushVersion, redo, startHistory, undo } from './history';

const edit = (history: History, text: string, merge: string | null = null): History =>
  pushVersion(history, { text, label: `to ${text}`, merge, left: [], trusted: true });

it('goes back and forth through the edits', () => {
  let history = edit(edit(startHistory('a'), 'b'), 'c');
  history = undo(undo(history));
  expect(history.present.text).toBe('a');
  expect(undo(history)).toBe(history);
  history = redo(redo(history));
  expect(history.present.text).toBe('c');
  expect(redo(history)).toBe(history);
});

it('an edit after going back forgets what was undone', () => {
  const history = edit(undo(edit(startHistory('a'), 'b')), 'c');
  expect(redo(history).present.text).toBe('c');
});

it('moves of one server in a row are one step', () => {
  const history = edit(edit(edit(startHistory('a'), 'b', 'move x'), 'c', 'move x'), 'd', 'move y');
  expect(undo(history).present.text).toBe('c');
  expect(undo(undo(history)).present.text).toBe('a');
});

it('the same text is no edit', () => {
  const history = startHistory('a');
  expect(edit(history, 'a')).toBe(history);
});

it('keeps a bound of steps', () => {
  let history = startHistory('0');
  for (let n = 1; n < 500; n += 1) history = edit(history, String(n));
  expect(history.past).toHaveLength(200);
});
