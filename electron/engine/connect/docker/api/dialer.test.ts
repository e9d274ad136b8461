import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DialingAgent, type Spare } from './dialer';

let server: Server;
let dials = 0;
beforeEach(async () => {
  dials = 0;
  server = createServer((_, reply) => void setTimeout(() => reply.end('well'), 30));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const agentWith = (spare: Spare | null) =>
  new DialingAgent(async () => {
    dials++;
    return connect((server.address() as AddressInfo).port, '127.0.0.1');
  }, spare);
const ask = (agent: DialingAgent) =>
  new Promise<void>((resolve, reject) => {
    request({ host: 'engine', path: '/', agent }, (reply) => reply.resume().once('end', () => resolve()))
      .once('error', reject)
      .end();
  });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('a stream that is kept serves the next request, however many there are', async () => {
  const warned: unknown[] = [];
  const warn = (warning: Error) => warned.push(warning);
  process.on('warning', warn);
  const agent = agentWith({ most: 2, ms: 60_000 });
  for (let asked = 0; asked < 20; asked++) {
    await ask(agent);
    await pause(1);
  }
  expect(dials).toBe(1);
  agent.destroy();
  process.off('warning', warn);
  expect(warned).toEqual([]);
});

it('no more are kept than is said, and not for longer', async () => {
  const agent = agentWith({ most: 2, ms: 150 });
  await Promise.all([1, 2, 3, 4].map(() => ask(agent)));
  await pause(20);
  const open = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
  expect([dials, await open()]).toEqual([4, 2]);
  await pause(400);
  expect(await open()).toBe(0);
  await ask(agent);
  expect(dials).toBe(5);
  agent.destroy();
});

it('a stream that serves again is not ended as one that is idle', async () => {
  const agent = agentWith({ most: 1, ms: 60 });
  for (let asked = 0; asked < 8; asked++) {
    await ask(agent);
    await pause(20);
  }
  expect(dials).toBe(1);
  agent.destroy();
});

it('without spare streams each request has its own', async () => {
  const agent = agentWith(null);
  await ask(agent);
  await ask(agent);
  expect(dials).toBe(2);
});
