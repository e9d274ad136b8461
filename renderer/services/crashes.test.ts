import { expect, it } from 'vitest';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { Crashes } from './crashes.svelte';

it('draws every part that failed afresh, once, when the person goes on', () => {
  const crashes = new Crashes(createClient(new RecordedBridge()));
  const drawn: string[] = [];
  crashes.report(new Error('one'), () => drawn.push('list'));
  crashes.report(new Error('two'), () => drawn.push('dialog'));
  crashes.report(new Error('of no part'));
  expect([crashes.current?.message, drawn]).toEqual(['of no part', []]);
  crashes.goOn();
  expect([crashes.current, drawn]).toEqual([null, ['list', 'dialog']]);
  crashes.report(new Error('later'));
  crashes.goOn();
  expect(drawn).toEqual(['list', 'dialog']);
});

it('says it again when a part fails again', () => {
  const crashes = new Crashes(createClient(new RecordedBridge()));
  let left = 2;
  const draw = (): void => {
    if (left > 0) crashes.report(new Error(`${left} left`), draw);
    left -= 1;
  };
  draw();
  crashes.goOn();
  expect(crashes.current?.message).toBe('1 left');
  crashes.goOn();
  expect(crashes.current).toBeNull();
});
