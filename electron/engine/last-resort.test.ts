import { EventEmitter } from 'node:events';
import { expect, it, vi } from 'vitest';
import { catchUncaught } from './last-resort';

function start() {
  const source = new EventEmitter();
  const lines: string[] = [];
  let now = 0;
  const tooMany = vi.fn();
  catchUncaught(source, { log: (line) => lines.push(line), monotonic: () => now, tooMany });
  const fail = (event = 'uncaughtException') => source.emit(event, new Error('odd reply'));
  return { lines, tooMany, fail, pass: (ms: number) => (now += ms) };
}

it('an exception that nobody caught is written down with its stack, and the process goes on', () => {
  const { lines, fail, tooMany } = start();
  fail();
  fail('unhandledRejection');
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(line).toMatch(/^unexpected: Error: odd reply\n +at /);
  expect(tooMany).not.toHaveBeenCalled();
});

it('too many within a minute end the process, once; as many in an hour do not', () => {
  const seldom = start();
  for (let n = 0; n < 60; n++) {
    seldom.fail();
    seldom.pass(60_000);
  }
  expect(seldom.tooMany).not.toHaveBeenCalled();
  const often = start();
  for (let n = 0; n < 60; n++) often.fail();
  expect(often.tooMany).toHaveBeenCalledOnce();
});
