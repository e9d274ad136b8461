import { describe, expect, it, vi } from 'vitest';
import { Credit, pump } from './pump';

const live = { dropped: true } as const;

async function* numbers(count: number): AsyncIterable<readonly number[]> {
  for (let n = 0; n < count; n += 1) yield [n];
}

describe('a stream to the window', () => {
  it('sends everything in order, many items in few messages', async () => {
    const batches: (readonly number[])[] = [];
    const credit = new Credit();
    credit.grant(100);
    const { signal } = new AbortController();
    await pump(numbers(2500), { ...live, send: (items) => batches.push(items), credit, signal });
    expect(batches.flat()).toEqual([...Array(2500).keys()]);
    expect(batches.length).toBeLessThan(10);
  });

  it('rests after a small message, and not between full ones', async () => {
    const credit = new Credit();
    credit.grant(1000);
    const { signal } = new AbortController();
    const rests = vi.spyOn(globalThis, 'setTimeout');
    const sizes: number[] = [];
    const send = (items: readonly number[]) => sizes.push(items.length);
    await pump(numbers(50_500), { ...live, send, credit, signal });
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(50_500);
    expect(sizes.filter((size) => size === 1000).length).toBeGreaterThan(45);
    expect(rests.mock.calls.length).toBeLessThan(10);
    rests.mockRestore();
  });

  it('sends no more batches than the window takes, and stops reading the source', async () => {
    let read = 0;
    async function* endless(): AsyncIterable<readonly number[]> {
      for (;;) yield [(read += 1)];
    }
    const batches: (readonly number[])[] = [];
    const credit = new Credit();
    const controller = new AbortController();
    const pumping = pump(endless(), {
      ...live,
      send: (items) => batches.push(items),
      credit,
      signal: controller.signal,
    });
    credit.grant(2);
    await vi.waitFor(() => expect(batches).toHaveLength(2));
    await vi.waitFor(() => expect(read).toBeGreaterThan(4000));
    const readThen = read;
    credit.grant(1);
    await vi.waitFor(() => expect(batches).toHaveLength(3));
    expect(readThen).toBeLessThan(7000);
    controller.abort();
    await pumping;
    expect(batches).toHaveLength(3);
  });

  it('holds eight megabytes of what a window does not take, however large its items', async () => {
    let read = 0;
    async function* large(): AsyncIterable<readonly string[]> {
      for (;;) {
        read += 1;
        yield [String(read).padEnd(100_000)];
      }
    }
    const batches: (readonly string[])[] = [];
    const credit = new Credit();
    const controller = new AbortController();
    const send = (items: readonly string[]) => batches.push(items);
    const pumping = pump(large(), { ...live, send, credit, signal: controller.signal });
    credit.grant(1);
    await vi.waitFor(() => expect(batches).toHaveLength(1));
    expect(batches[0]?.length).toBeLessThanOrEqual(5);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(read).toBeGreaterThan(40);
    expect(read).toBeLessThan(60);
    controller.abort();
    await pumping;
  });

  it('that is cancelled ends at once, even if its source does not', async () => {
    const never: AsyncIterable<readonly number[]> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
    };
    const controller = new AbortController();
    const credit = new Credit();
    const pumping = pump(never, { ...live, send: () => undefined, credit, signal: controller.signal });
    controller.abort();
    await expect(pumping).resolves.toBeUndefined();
  });

  it('of work that is cancelled still tells how the work ended', async () => {
    const controller = new AbortController();
    const source = (async function* () {
      yield ['running'];
      await new Promise((resolve) => controller.signal.addEventListener('abort', resolve));
      yield ['cancelled'];
    })();
    const got: string[] = [];
    const pumping = pump(source, {
      dropped: false,
      send: (items) => got.push(...items),
      credit: null,
      signal: controller.signal,
    });
    await vi.waitFor(() => expect(got).toEqual(['running']));
    controller.abort();
    await pumping;
    expect(got).toEqual(['running', 'cancelled']);
  });

  it('passes on what the source throws', async () => {
    const source = (async function* () {
      yield [1];
      throw new Error('broken');
    })();
    const { signal } = new AbortController();
    const pumping = pump(source, { dropped: false, send: () => undefined, credit: null, signal });
    await expect(pumping).rejects.toThrow('broken');
  });
});
