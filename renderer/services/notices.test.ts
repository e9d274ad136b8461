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
