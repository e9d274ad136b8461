import { connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LookUps, lookup } from './look-up';

describe('names are looked up', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Names that begin with `dead` fail after ten seconds, others are answered after five milliseconds. */
  function system() {
    const asked: string[] = [];
    let running = 0;
    let most = 0;
    const names = new LookUps(async (name) => {
      asked.push(name);
      most = Math.max(most, ++running);
      const dead = name.startsWith('dead');
      await new Promise((resolve) => setTimeout(resolve, dead ? 10_000 : 5));
      running--;
      if (dead) throw Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' });
      return [{ address: '192.0.2.7', family: 4 }];
    });
    return { names, asked, most: () => most };
  }

  it('once for all who want the same', async () => {
    const { names, asked } = system();
    const all = Promise.all(Array.from({ length: 20 }, () => names.addresses('idm-a')));
    await vi.advanceTimersByTimeAsync(10);
    expect((await all).flat()).toHaveLength(20);
    expect(asked).toEqual(['idm-a']);
  });

  it('without a name that is answered at once waiting for thirty that are not', async () => {
    const { names, most } = system();
    const waited: number[] = [];
    const dead = async (name: string) => {
      for (let tries = 0; tries < 10; tries++) {
        await names.addresses(name).catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 3_000));
      }
    };
    for (let number = 0; number < 30; number++) void dead(`dead-${number}`);
    const healthy = async () => {
      for (let tries = 0; tries < 30; tries++) {
        const began = performance.now();
        await names.addresses('idm-a');
        waited.push(performance.now() - began);
        await new Promise((resolve) => setTimeout(resolve, 2_000));
      }
    };
    void healthy();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(waited.length).toBeGreaterThan(20);
    // The first time nobody can know which names are dead; then they have places of their own.
    expect(Math.max(...waited)).toBeLessThanOrEqual(10_100);
    expect(Math.max(...waited.slice(1))).toBeLessThan(100);
    expect(most()).toBeLessThanOrEqual(28);
  });

  it('for twenty seconds at most', async () => {
    const names = new LookUps(() => new Promise(() => undefined));
    const asked = names.addresses('idm-a').catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(20_001);
    expect(await asked).toMatchObject({ code: 'EAI_AGAIN' });
  });
});

it('a connection is made through it', async () => {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  for (const family of [0, 4]) {
    const socket = connect({ host: 'localhost', port, family, lookup });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    socket.destroy();
  }
  server.close();
});
