import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { FakeLog } from '../connect/fake/fake-log';
import type { LogItem, ServerConnection } from '../connect/connection';
import { LogTail } from './log-tail';

const NOW = Date.parse('2026-11-28T22:00:00Z');
const MINUTE = 60_000;

/** A log with a line a minute for the last twenty, and a tail of it. */
function stage(fault: { code: string } | null = null) {
  const log = new FakeLog(() => NOW);
  for (let ago = 20; ago > 0; ago--) log.write(`line ${ago}`, NOW - ago * MINUTE);
  const opened: string[] = [];
  let open = 0;
  const broken = new AbortController();
  const connection = {
    logs: async function* (from, { follow, signal }) {
      opened.push(`${follow ? 'follow' : 'read'} ${'since' in from ? (NOW - from.since) / MINUTE : ''}`);
      open += 1;
      try {
        yield* log.read(from, { follow, signal: AbortSignal.any([signal, broken.signal]) });
        if (fault && follow) yield [{ kind: 'fault', fault: { ...fault, message: '', fix: '', where: {} } }];
      } finally {
        open -= 1;
      }
    },
  } as Pick<ServerConnection, 'logs'> as ServerConnection;
  const tail = new LogTail('idm-a', () => undefined);
  const read = (backMs: number) => {
    const stop = new AbortController();
    const got: LogItem[] = [];
    const end = (async () => {
      for await (const items of tail.read(connection, { since: NOW - backMs, now: NOW }, stop.signal))
        got.push(...items);
    })();
    const words = () =>
      got.map((it) => (it.kind === 'line' ? it.text : it.kind === 'fault' ? it.fault.code : it.kind));
    return { words, end, leave: () => (stop.abort(), end) };
  };
  return { log, opened, read, broken, connection, tail, openNow: () => open };
}

it('is opened once, and every reader has each line since its own start once and in order', async () => {
  const { log, opened, read, openNow } = stage();
  const first = read(2 * MINUTE);
  await sleep(10);
  const second = read(5 * MINUTE);
  const third = read(10 * MINUTE);
  await sleep(10);
  log.write('new');
  await sleep(10);
  expect(first.words()).toEqual(['line 2', 'line 1', 'new']);
  expect(second.words()).toEqual(['line 5', 'line 4', 'line 3', 'line 2', 'line 1', 'new']);
  expect(third.words()).toEqual([...[10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map((it) => `line ${it}`), 'new']);
  // Only what lies before the stream was read once more.
  expect(opened).toEqual(['follow 6', 'read 10']);
  await first.leave();
  await second.leave();
  expect(openNow()).toBe(1);
  await third.leave();
  await sleep(10);
  expect(openNow()).toBe(0);
});

it('tells every reader why it ended, and is opened anew by the next', async () => {
  const { opened, read, broken } = stage({ code: 'connection-lost' });
  const readers = [read(MINUTE), read(MINUTE)];
  await sleep(10);
  broken.abort();
  await Promise.all(readers.map((it) => it.end));
  expect(readers.map((it) => it.words())).toEqual([
    ['line 1', 'connection-lost'],
    ['line 1', 'connection-lost'],
  ]);
  const next = read(MINUTE);
  await next.end;
  expect(opened).toEqual(['follow 6', 'follow 6']);
});

it('holds a bounded part of what a reader does not take, and tells it', async () => {
  const { log, connection, tail } = stage();
  const stop = new AbortController();
  const slow = tail.read(connection, { since: NOW, now: NOW }, stop.signal);
  log.write('first');
  expect((await slow.next()).value).toMatchObject([{ text: 'first' }]);
  for (let n = 0; n < 300; n++) {
    log.write('x'.repeat(100_000));
    if (n % 20 === 0) await sleep(1);
  }
  await sleep(50);
  const rest: LogItem[] = [];
  for await (const items of slow) rest.push(...items);
  // What lies behind the gap is not told: the next reading goes on before it.
  expect(rest).toMatchObject([{ kind: 'fault', fault: { code: 'log-too-fast' } }]);
  expect(tail.readers).toBe(0);
});

it('a long batch of long lines is no slowness of its reader', async () => {
  const lines = Array.from({ length: 2000 }, (_, at): LogItem => ({
    ...{ kind: 'line', source: 'kanidmd', cursor: String(at), at: NOW * 1000 + at },
    text: `${at} ${'x'.repeat(4000)}`,
  }));
  const connection = {
    logs: async function* () {
      yield await Promise.resolve(lines);
    },
  } as unknown as ServerConnection;
  const got: LogItem[] = [];
  const tail = new LogTail('idm-a', () => undefined);
  for await (const items of tail.read(connection, { since: NOW, now: NOW }, new AbortController().signal))
    got.push(...items);
  expect(got.map((it) => (it.kind === 'line' ? it.cursor : it.kind))).toEqual(
    lines.map((_, at) => String(at)),
  );
});

it('a log that throws is a fault of every reader, and stands in the log file', async () => {
  const noted: unknown[] = [];
  const tail = new LogTail('idm-a', (doing) => noted.push(doing));
  const connection = {
    logs: () => {
      throw new RangeError('Maximum call stack size exceeded');
    },
  } as unknown as ServerConnection;
  const got: LogItem[] = [];
  for await (const items of tail.read(connection, { since: NOW, now: NOW }, new AbortController().signal))
    got.push(...items);
  expect(got).toMatchObject([{ kind: 'fault', fault: { code: 'unexpected' } }]);
  expect(noted).toEqual(['idm-a: following its log']);
});
