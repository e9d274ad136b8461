import { expect, it } from 'vitest';
import type { GuardedEngine } from '../../engine/trust/guard-engine';
import { ProgressLine } from './progress-line';
import { waitingEngine } from './waiting-engine';

/** A line that notes what it is shown for, in the place of drawing it. */
class Noted extends ProgressLine {
  readonly shown: string[] = [];
  constructor() {
    super(null, () => 0);
  }
  override async during<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.shown.push(`${what}…`);
    try {
      return await work();
    } finally {
      this.shown.push('gone');
    }
  }
}

/** An engine whose every method gives back its name and what it was asked. */
const engine = new Proxy(
  {},
  {
    ownKeys: () => ['status', 'plan', 'compare', 'certificates', 'adopt', 'helper', 'diagnose', 'watch'],
    getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
    get:
      (_, name) =>
      async (...asked: unknown[]) => [name, ...asked],
  },
) as unknown as GuardedEngine;

const call = (on: GuardedEngine, name: string, ...asked: unknown[]): unknown =>
  (Reflect.get(on, name) as (...all: unknown[]) => unknown)(...asked);

it.each([
  ['status', 'Asking the servers'],
  ['plan', 'Planning'],
  ['compare', 'Comparing'],
  ['certificates', 'Asking the servers'],
  ['adopt', 'Reading the servers'],
  ['helper', 'Asking the server'],
  ['diagnose', 'Gathering'],
])('shows what is waited for while the engine answers %s', async (name, words) => {
  const line = new Noted();
  expect(await call(waitingEngine(engine, line), name, 'fleet', 1)).toEqual([name, 'fleet', 1]);
  expect(line.shown).toEqual([`${words}…`, 'gone']);
});

it('leaves alone what does not ask servers at once', async () => {
  const line = new Noted();
  expect(await call(waitingEngine(engine, line), 'watch', 'fleet')).toEqual(['watch', 'fleet']);
  expect(line.shown).toEqual([]);
});

it('takes the line away for each item of a deploy, and passes its end and its failure on', async () => {
  const line = new Noted();
  let ended = 0;
  const deploy = async function* (fail: boolean) {
    try {
      yield 'first';
      yield 'second';
      if (fail) throw new Error('broke');
    } finally {
      ended += 1;
    }
  };
  const waiting = waitingEngine({ ...engine, deploy } as unknown as GuardedEngine, line);
  const items = call(waiting, 'deploy', false) as AsyncIterable<unknown>;
  for await (const item of items) line.shown.push(String(item));
  const one = ['Deploying…', 'gone'];
  expect(line.shown).toEqual([...one, 'first', ...one, 'second', ...one]);
  const failing = call(waiting, 'deploy', true) as AsyncIterable<unknown>;
  await expect(async () => {
    for await (const _ of failing);
  }).rejects.toThrow('broke');
  // Who stops early ends the deploy's items as well.
  for await (const _ of call(waiting, 'deploy', false) as AsyncIterable<unknown>) break;
  expect(ended).toBe(3);
});
