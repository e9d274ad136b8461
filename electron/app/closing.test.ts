import { expect, it } from 'vitest';
import { Closing } from './closing';

function closing({ deploying = false, leaves = false } = {}) {
  const did: string[] = [];
  const one = new Closing({
    ...{ background: () => true, deploying: () => deploying },
    ...{ show: () => did.push('show'), hide: () => did.push('hide') },
    leaveAnyway: () => (did.push('ask'), leaves),
  });
  return { one, did };
}

it('hides when it is closed, and closes when the app quits', () => {
  const { one, did } = closing();
  expect([one.asked(), did]).toEqual(['keep', ['hide']]);
  one.quits();
  expect([one.asked(), did]).toEqual(['close', ['hide']]);
});

it('asks about unsaved text where it is seen, and quits after the answer', () => {
  const { one, did } = closing();
  one.quits();
  expect(one.asked()).toBe('close');
  one.pageAsks();
  expect(did).toEqual(['show']);
  one.pageLeaves();
  expect([one.asked(), did]).toEqual(['close', ['show']]);
});

it('forgets a quit whose question was cancelled: the next close hides, and so does one after another answer', () => {
  const { one, did } = closing();
  one.quits();
  expect(one.asked()).toBe('close');
  one.pageAsks();
  expect([one.asked(), did]).toEqual(['keep', ['show', 'hide']]);
  // Another question, of a window that is only to be closed.
  one.pageAsks();
  one.pageLeaves();
  expect([one.asked(), did]).toEqual(['keep', ['show', 'hide', 'hide']]);
  one.quits();
  expect(one.asked()).toBe('close');
});

it('quits no more once the deploy is to be kept running', () => {
  const { one, did } = closing({ deploying: true });
  one.quits();
  expect([one.asked(), did]).toEqual(['keep', ['show', 'ask']]);
  expect([one.asked(), did]).toEqual(['keep', ['show', 'ask', 'hide']]);
  const left = closing({ deploying: true, leaves: true });
  left.one.quits();
  expect(left.one.asked()).toBe('destroy');
});
