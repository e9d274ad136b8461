import { expect, it } from 'vitest';
import { Notices } from './notices.svelte';

it('a fault leaves when it is not so any more, and one without a condition stays', () => {
  const notices = new Notices();
  let unsaved = true;
  notices.fault({ code: 'write', message: 'The disk is full', fix: 'Make room.', where: {} }, () => unsaved);
  notices.fault({ code: 'other', message: 'No such file', fix: 'Choose another.', where: {} });
  notices.prune();
  expect(notices.shown).toHaveLength(2);
  unsaved = false;
  notices.prune();
  expect(notices.shown.map(({ title }) => title)).toEqual(['No such file']);
});

it('what is still so is not pushed out by newer ones; of what happened the newest are kept', () => {
  const notices = new Notices();
  notices.show('warn', 'The fleet is locked.', '', { holds: () => true });
  for (let n = 1; n <= 6; n += 1) notices.show('bad', `Fault ${n}`);
  expect(notices.shown.map(({ title }) => title)).toEqual([
    'The fleet is locked.',
    ...['Fault 3', 'Fault 4', 'Fault 5', 'Fault 6'],
  ]);
});
