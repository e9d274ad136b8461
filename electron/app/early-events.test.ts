import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { EarlyEvents } from './early-events';

it('tells what came early, in its order, to those who listen by then, and once', async () => {
  const app = new EventEmitter();
  const page = new EventEmitter();
  const early = new EarlyEvents([
    { from: app, names: ['second-instance'] },
    { from: page, names: ['message', 'loaded'] },
  ]);
  page.emit('message', 1);
  app.emit('second-instance', 'a.kanilink.toml', 'b');
  page.emit('loaded');
  await early.urgent;

  const told: unknown[] = [];
  for (const [from, name] of [
    [app, 'second-instance'],
    [page, 'message'],
    [page, 'loaded'],
  ] as const)
    from.on(name, (...given: unknown[]) => told.push([name, ...given]));
  early.tell();
  page.emit('message', 2);

  expect(told).toEqual([
    ['message', 1],
    ['second-instance', 'a.kanilink.toml', 'b'],
    ['loaded'],
    ['message', 2],
  ]);
});

it('what comes with every start hurries nobody', async () => {
  const app = new EventEmitter();
  const page = new EventEmitter();
  const early = new EarlyEvents([
    { from: app, names: ['second-instance'] },
    { from: page, names: ['message'], canWait: true },
  ]);
  let urgent = false;
  void early.urgent.then(() => (urgent = true));
  page.emit('message');
  await new Promise((resolve) => setImmediate(resolve));
  expect(urgent).toBe(false);
  app.emit('second-instance');
  await early.urgent;
});
