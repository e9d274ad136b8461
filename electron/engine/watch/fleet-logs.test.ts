import { describe, expect, it } from 'vitest';
import { alone, each } from '../base/batches';
import type { LogLineView } from '../../../shared/ipc';
import type { ServerId } from '../../../shared/base/names';
import type { Result } from '../../../shared/base/result';
import type { LogItem } from '../connect/connection';
import type { SeenServer } from '../fleet/server-probe';
import { systemClock } from '../base/time';
import { BoundedQueue } from '../base/bounded-queue';
import { fleetLogs } from './fleet-logs';
import type { LoggedServer } from './server-log';
import { LogTail } from './log-tail';

const line = (at: number, text = `line ${at}`): LogItem =>
  ({ kind: 'line', source: 'kanidmd', cursor: `c${at} ${text}`, at: at * 1000, text }) as LogItem;
const site = (id: string, items: () => AsyncIterable<LogItem>): LoggedServer => {
  const logs = () => alone(items());
  const observed = { facts: null, state: 'running' };
  const seen = { observed, site: { server: { id: id as ServerId }, connection: { logs }, observed } };
  return {
    id,
    seen: Promise.resolve(seen as unknown as SeenServer),
    again: () => Promise.resolve(seen as unknown as SeenServer),
    tail: new LogTail(id, () => undefined),
  };
};
async function* of(...items: readonly LogItem[]): AsyncIterable<LogItem> {
  yield* items;
}
const naming = { serverAt: () => null };

async function read(sites: readonly LoggedServer[], follow = false) {
  const stop = new AbortController();
  const got: Result<LogLineView>[] = [];
  const lines = fleetLogs(sites, naming, { follow, sinceMs: 0 }, systemClock, stop.signal);
  for await (const one of each(lines)) got.push(one);
  return got.map((one) => (one.ok ? `${one.value.server} ${one.value.raw}` : one.error.code));
}

describe('the logs of several servers', () => {
  const a = site('a', () => of(line(1), line(4), line(5)));
  const b = site('b', () => of(line(2), line(3), line(6)));

  it('come in the order of time', async () => {
    const all = ['a line 1', 'b line 2', 'b line 3', 'a line 4', 'a line 5', 'b line 6'];
    expect(await read([a, b])).toEqual(all);
    expect(await read([a, b], true)).toEqual(all);
  });

  it.each([false, true])('go on when one of them breaks (follow: %s)', async (follow) => {
    const broken = site('c', async function* () {
      yield line(0);
      throw new RangeError('Maximum call stack size exceeded');
    });
    const got = await read([a, broken], follow);
    expect(got).toContain('unexpected');
    expect(got.filter((it) => it.startsWith('a'))).toHaveLength(3);
  });

  it('that come together are told in their order, each once, with the fault they end with', async () => {
    const fault = { code: 'log-failed', message: '', fix: '', where: {} };
    const batch: readonly LogItem[] = [line(1), line(2), line(2), { kind: 'gap', reason: 'cut' }, line(3)];
    const server = site('a', () => of());
    const seen = server.seen.then(({ site: there, ...more }) => {
      const logs = async function* () {
        yield await Promise.resolve([...batch, { kind: 'fault', fault }]);
      };
      return { ...more, site: { ...there, connection: { logs } } } as unknown as SeenServer;
    });
    for (const follow of [false, true])
      expect(await read([{ ...server, seen, tail: new LogTail('a', () => undefined) }], follow)).toEqual([
        ...['a line 1', 'a line 2', 'a ', 'a line 3', 'log-failed'],
      ]);
  });

  it('are read no faster than they are taken: nothing piles up', async () => {
    let read = 0;
    const endless = site('e', async function* () {
      for (;;) yield line((read += 1));
    });
    const stop = new AbortController();
    const lines = fleetLogs([endless], naming, { follow: false, sinceMs: 0 }, systemClock, stop.signal);
    let taken = 0;
    for await (const one of each(lines)) {
      expect(one.ok).toBe(true);
      if ((taken += 1) === 1000) break;
    }
    expect(read).toBeLessThan(1010);
  });

  it('with a line of megabytes show its beginning', async () => {
    const [long = ''] = await read([site('a', () => of(line(1, 'x'.repeat(1_000_000))))]);
    expect(long.length).toBeLessThan(70_000);
    expect(long).toMatch(/… \(\d+ more characters\)$/);
  });
});

describe('a log that is followed', () => {
  const quick = { ...systemClock, sleep: (_: number, signal: AbortSignal) => systemClock.sleep(1, signal) };
  const lost: LogItem = {
    kind: 'fault',
    fault: { code: 'connection-lost', message: 'Lost.', fix: 'Wait.', where: {} },
  };

  /** Reads until `most` items came. */
  async function follow(one: LoggedServer, most: number) {
    const stop = new AbortController();
    const got: Result<LogLineView>[] = [];
    for await (const item of each(
      fleetLogs([one], naming, { follow: true, sinceMs: 0 }, quick, stop.signal),
    )) {
      got.push(item);
      if (got.length >= most) stop.abort();
    }
    return got;
  }
  const words = (got: readonly Result<LogLineView>[]) =>
    got.map((one) => (one.ok ? one.value.raw || one.value.meaning : one.error.code));

  it('goes on after it was lost, and tells each line once', async () => {
    let reading = 0;
    const server = site('a', async function* () {
      reading += 1;
      yield line(1);
      yield line(2, 'of one moment');
      yield line(2, 'of the same moment');
      if (reading > 1) yield line(3);
      yield lost;
    });
    expect(words(await follow(server, 6))).toEqual([
      ...['line 1', 'of one moment', 'of the same moment', 'connection-lost'],
      ...['line 3', 'connection-lost'],
    ]);
  });

  it('keeps the server’s own time and key when its clock is measured anew', async () => {
    let offset = 4000;
    const server = site('a', () => of(line(9_000), lost));
    const seen = (): Promise<SeenServer> =>
      server.seen.then(({ site: there }) => {
        const facts = { clockOffsetMs: (offset += 7) };
        const observed = { facts, state: 'running' };
        return { observed, site: { ...there, observed } } as unknown as SeenServer;
      });
    const [first] = await follow({ ...server, seen: seen(), again: seen }, 2);
    const [other] = await follow({ ...server, seen: seen(), again: seen }, 2);
    expect(first).toMatchObject({ value: { key: 'c9000 line 9000', at: 9_000_000 } });
    expect(other).toMatchObject({ value: { key: 'c9000 line 9000', at: 9_000_000 } });
    const offsets = [first, other].map((it) => (it?.ok ? Math.round(it.value.offset / 1000) : 0));
    expect(offsets[0]).toBeGreaterThanOrEqual(4006);
    expect(offsets[1]).toBeGreaterThan(offsets[0] ?? 0);
  });

  it('is read once the server can be reached, unless only a person can help', async () => {
    const fault = (code: string) => ({ code, message: '', fix: '', where: {} });
    const unreachable = (code: string) =>
      ({ observed: { state: 'unreachable', faults: [fault(code)] }, site: null }) as unknown as SeenServer;
    const server = site('a', () => of(line(1)));
    let tries = 0;
    const again = (): Promise<SeenServer> =>
      (tries += 1) < 3 ? Promise.resolve(unreachable('timed-out')) : server.seen;
    const seen = Promise.resolve(unreachable('timed-out'));
    expect(words(await follow({ ...server, seen, again }, 4))).toEqual([
      ...['timed-out', 'timed-out', 'timed-out'],
      'line 1',
    ]);
    tries = 0;
    const refused = { ...server, seen: Promise.resolve(unreachable('authentication-failed')), again };
    expect(words(await follow(refused, 9))).toEqual(['authentication-failed']);
    expect(tries).toBe(0);
  });

  it('says where lines may be missing, at its place in time', async () => {
    const gap: LogItem = { kind: 'gap', reason: 'The journal was cut.' };
    const got = await follow(
      site('a', () => of(line(3), gap, line(4))),
      3,
    );
    expect(got).toMatchObject([{}, { value: { at: 3000, level: 'warn' } }, { value: { at: 4000 } }]);
    expect(words(got)[1]).toBe('Lines may be missing here: The journal was cut.');
  });
});

it('a channel holds bytes, not items: the oldest go, and are counted', async () => {
  const channel = new BoundedQueue<string>(1_000_000);
  for (let n = 0; n < 20_000; n++) channel.push(`${n} `.padEnd(1000));
  channel.close();
  const got: string[] = [];
  for await (const batch of channel) got.push(...batch);
  expect(got.length).toBeLessThan(500);
  expect(got.at(-1)?.trim()).toBe('19999');
  expect(channel.takeDropped()).toBe(20_000 - got.length);
  expect(channel.takeDropped()).toBe(0);
});
