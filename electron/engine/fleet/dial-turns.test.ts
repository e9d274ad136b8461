import { expect, it } from 'vitest';
import { fakeFleet } from '../../../test/support/fake-fleet';
import { VirtualClock } from '../../../test/support/virtual-clock';
import { fail } from '../../../shared/base/result';
import { readFleet } from '../../../shared/fleet/read/read-fleet';
import { Connections } from './connections';
import { DialTurns } from './dial-turns';

/** Dials so many servers at once, each taking so long. @returns when each was dialled, milliseconds */
async function dialled(count: number, takesMs: (n: number) => number): Promise<number[]> {
  const clock = new VirtualClock();
  const turns = new DialTurns(clock);
  const { signal } = new AbortController();
  return Promise.all(
    Array.from({ length: count }, (_, n) =>
      turns.take(signal, async () => {
        const at = clock.monotonic();
        await clock.sleep(takesMs(n), signal);
        return at;
      }),
    ),
  );
}

it('few servers are dialled at once', async () => {
  const at = await dialled(30, () => 10_000);
  expect(new Set(at)).toEqual(new Set([0]));
});

it('of many, as many at once, and the next when one answered or was silent for three seconds', async () => {
  const at = await dialled(200, () => 20_000);
  expect(at.filter((it) => it === 0)).toHaveLength(32);
  for (const from of at)
    expect(at.filter((it) => it >= from && it < from + 3000)).toHaveLength(
      Math.min(32, at.filter((it) => it >= from).length),
    );
  expect(Math.max(...at)).toBeLessThan(20_000);
  // In the order in which they came.
  expect(at).toEqual([...at].sort((a, b) => a - b));
  expect(Math.max(...(await dialled(200, () => 10)))).toBeLessThan(1000);
});

it('who gives up leaves its place to others, and a dial that fails gives its turn back', async () => {
  const clock = new VirtualClock();
  const turns = new DialTurns(clock);
  const gone = new AbortController();
  const { signal } = new AbortController();
  const failing = Array.from({ length: 40 }, () =>
    turns.take(signal, () => Promise.reject(new Error('no'))).catch(() => 'failed'),
  );
  const left = turns.take(gone.signal, () => Promise.resolve('over'));
  gone.abort();
  expect(await left).toBe('over');
  expect(new Set(await Promise.all(failing))).toEqual(new Set(['failed']));
  expect(await turns.take(signal, () => Promise.resolve('turn'))).toBe('turn');
});

it('an engine dials so', async () => {
  const clock = new VirtualClock();
  const dials: number[] = [];
  const connections = new Connections({
    ...{ home: '/', env: {}, clock },
    prompter: { acceptHostKey: async () => false, secret: async () => null },
    open: async () => {
      dials.push(clock.monotonic());
      await clock.sleep(20_000, new AbortController().signal);
      return fail({ code: 'timed-out', message: 'silent', fix: '', where: {} });
    },
  });
  const ids = Array.from({ length: 100 }, (_, n) => `idm-${n}`);
  const { text } = fakeFleet(Object.fromEntries(ids.map((id) => [id, null])));
  const servers = readFleet(text.text, null).fleet?.servers ?? [];
  const call = { signal: new AbortController().signal, timeoutMs: 60_000 };
  await Promise.all(servers.map((server) => connections.to(server, null, call)));
  expect([dials.length, dials.filter((at) => at === 0).length]).toEqual([100, 32]);
});
