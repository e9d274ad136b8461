import { describe, expect, it } from 'vitest';
import { each } from '../../base/batches';
import type { Fault } from '../../../../shared/base/result';
import { sortedCodes, cureOf } from '../../../../shared/base/cure';
import type { LogItem, LogStart } from '../connection';
import { followLog, type FollowLog } from './follow-log';

const fault = (code: string): Fault => ({ code, message: code, fix: '', where: {} });
const line = (cursor: string): LogItem => ({ kind: 'line', cursor, source: 'kanidmd', at: 0, text: cursor });

/** Reads by script: each reading gives its lines and ends with a code; null: as it should. */
async function read(
  readings: readonly (readonly [lines: readonly string[], end: string | null])[],
  more: Partial<FollowLog> = {},
) {
  const starts: LogStart[] = [];
  const seen: string[] = [];
  const log = followLog(
    { since: 7 },
    {
      follow: true,
      signal: new AbortController().signal,
      backoff: [0, 0],
      async *readOnce(start) {
        const [lines, end] = readings[starts.length] ?? [[], 'no more readings'];
        starts.push(start);
        for (const it of lines) yield [line(it)];
        return end === null ? null : fault(end);
      },
      ...more,
    },
  );
  for await (const item of each(log))
    seen.push(
      item.kind === 'line' ? item.cursor : item.kind === 'fault' ? `! ${item.fault.code}` : item.reason,
    );
  return { starts, seen };
}

describe('a log that is followed', () => {
  it('goes on after the last line when the reading breaks', async () => {
    const { starts, seen } = await read([
      [['a', 'b'], 'connection-lost'],
      [[], 'connection-refused'],
      [['c'], null],
    ]);
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(starts).toEqual([{ since: 7 }, { cursor: 'b' }, { cursor: 'b' }]);
  });

  it('goes on after the last line of what came together', async () => {
    const starts: LogStart[] = [];
    const gap: LogItem = { kind: 'gap', reason: 'cut' };
    const log = followLog(
      { since: 7 },
      {
        follow: true,
        signal: new AbortController().signal,
        backoff: [0],
        async *readOnce(start) {
          starts.push(start);
          if (starts.length > 1) return fault('log-failed');
          yield [line('a'), line('b'), gap];
          yield [gap];
          return fault('connection-lost');
        },
      },
    );
    const batches: (readonly LogItem[])[] = [];
    for await (const items of log) batches.push(items);
    expect(starts).toEqual([{ since: 7 }, { cursor: 'b' }]);
    expect(batches.map((items) => items.map(({ kind }) => kind))).toEqual([
      ['line', 'line', 'gap'],
      ['gap'],
      ['fault'],
    ]);
  });

  it('gives up when reconnecting has failed often enough in a row; a line starts the count anew', async () => {
    const { seen } = await read([
      [[], 'timed-out'],
      [[], 'timed-out'],
      [['a'], 'timed-out'],
      [[], 'timed-out'],
      [[], 'timed-out'],
      [['never'], null],
    ]);
    expect(seen).toEqual(['a', '! timed-out']);
  });

  it('ends at once on whatever a retry cannot cure, and on nothing else', async () => {
    for (const code of sortedCodes) {
      const { starts } = await read([
        [[], code],
        [['a'], null],
      ]);
      expect([code, starts.length]).toEqual([code, cureOf(code) === 'person' ? 1 : 2]);
    }
  });

  it('ends at once on what is over for this log', async () => {
    const over = new Set(['container-recreated']);
    expect((await read([[['a'], 'container-recreated']], { over })).seen).toEqual([
      'a',
      '! container-recreated',
    ]);
  });

  it('waits for more where more may come, and counts no failure for it', async () => {
    let waits = 0;
    const untilMore = async () => (++waits < 4 ? null : fault('no-such-container'));
    const readings = ['a', 'b', 'c', 'd'].map((it) => [[it], null] as const);
    const { seen } = await read(readings, { untilMore, over: new Set(['no-such-container']) });
    expect(seen).toEqual(['a', 'b', 'c', 'd', '! no-such-container']);
  });

  it('ends quietly when it is stopped, and its reading with it', async () => {
    const stop = new AbortController();
    const ended: string[] = [];
    const log = followLog(
      { since: 0 },
      {
        follow: true,
        signal: stop.signal,
        backoff: [60_000],
        async *readOnce(_start, signal) {
          try {
            yield [line('a')];
            await new Promise((resolve) => signal.addEventListener('abort', resolve));
            return fault('connection-lost');
          } finally {
            ended.push('reading');
          }
        },
      },
    );
    expect((await log.next()).value).toMatchObject([{ cursor: 'a' }]);
    const next = log.next();
    stop.abort();
    expect((await next).done).toBe(true);
    expect(ended).toEqual(['reading']);
  });

  it('closes the reading of whoever leaves', async () => {
    let closed = false;
    const log = followLog(
      { since: 0 },
      {
        follow: true,
        signal: new AbortController().signal,
        backoff: [],
        async *readOnce() {
          try {
            yield [line('a')];
            return null;
          } finally {
            closed = true;
          }
        },
      },
    );
    for await (const item of each(log)) if (item.kind === 'line') break;
    expect(closed).toBe(true);
  });
});

it('a log that is not followed ends with its first reading', async () => {
  expect((await read([[['a'], null]], { follow: false })).seen).toEqual(['a']);
  expect((await read([[['a'], 'timed-out']], { follow: false })).seen).toEqual(['a', '! timed-out']);
});
