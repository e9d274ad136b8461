import { expect, it } from 'vitest';
import { each } from '../../../electron/engine/base/batches';
import type { LogItem, LogStart, ServerConnection } from '../../../electron/engine/connect/connection';
import { value } from '../../support/results';
import { call, until } from '../../ssh/sshd';
import type { Seat } from './seat';

/** What holds of logs, whatever the way. */
export function logsHold(seat: () => Seat, told: () => ServerConnection): void {
  const readAll = async (from: LogStart) => {
    const items: LogItem[] = [];
    for await (const item of each(told().logs(from, { follow: false, signal: call().signal })))
      items.push(item);
    return items;
  };
  const lines = (items: readonly LogItem[]) =>
    items.flatMap((item) => (item.kind === 'line' ? [[item.cursor, item.text]] : []));

  it('follows a log through a way that breaks, without a gap or a repeat', async () => {
    const items: LogItem[] = [];
    const stop = new AbortController();
    const reading = (async () => {
      for await (const item of each(told().logs({ since: 0 }, { follow: true, signal: stop.signal })))
        items.push(item);
    })();
    // Lines that are there already come at once, and would count as having come after a cut.
    const there = (await readAll({ since: 0 })).length;
    for (let round = 1; round <= 3; round++) {
      const before = Math.max(items.length, there);
      await until(
        () => items.length >= before + 10,
        () => `nothing more came: ${JSON.stringify(items.slice(-3))}`,
      );
      if (round < 3) seat().cut();
    }
    stop.abort();
    await reading;
    expect(items.filter((item) => item.kind !== 'line')).toEqual([]);
    const whole = await readAll({ since: 0 });
    expect(whole.filter((item) => item.kind !== 'line')).toEqual([]);
    expect(lines(items)).toEqual(lines(whole.slice(0, items.length)));
    const numbers = lines(items).flatMap(([, text]) => /^line (\d+)$/.exec(text ?? '')?.[1] ?? []);
    expect(numbers).toEqual(numbers.map((_, index) => String(index + 1)));
  });

  it('goes on after any line, and begins at a time', async () => {
    const whole = (await readAll({ since: 0 })).slice(0, 40);
    const middle = whole[20];
    if (middle?.kind !== 'line') throw new Error(`no line: ${JSON.stringify(middle)}`);
    const after = await readAll({ cursor: middle.cursor });
    expect(lines(after).slice(0, 19)).toEqual(lines(whole).slice(21));
    const since = Math.ceil(middle.at / 1000);
    const later = await readAll({ since });
    const wanted = whole.filter((item) => item.kind === 'line' && item.at >= since * 1000);
    expect(lines(later).slice(0, wanted.length)).toEqual(lines(wanted));
  });

  it('has what was logged before a time: the newest of it, under the cursors it has forwards', async () => {
    // Podman's times are whole seconds: lines of one time lie before and after the one in the middle.
    const whole = await readAll({ since: 0 });
    const middle = whole[25];
    if (middle?.kind !== 'line') throw new Error(`no line: ${JSON.stringify(middle)}`);
    const wanted = lines(whole.filter((item) => item.kind === 'line' && item.at <= middle.at));
    const before = async (most: number, characters = 1_000_000) =>
      value(await told().logsBefore(middle.at, { ...call(30_000), lines: most, characters }));
    const some = await before(10);
    expect(lines(some.items)).toEqual(wanted.slice(-10));
    expect(some.from).toBe(some.items[0]?.kind === 'line' ? some.items[0].at : 0);
    expect(lines((await before(10, 1)).items)).toEqual(wanted.slice(-1));
    const all = await before(10_000);
    expect(lines(all.items)).toEqual(wanted);
    expect(all.from).toBeNull();
    const none = value(await told().logsBefore(0, { ...call(30_000), lines: 10, characters: 1000 }));
    expect(none).toEqual({ items: [], from: null });
  });

  it('that is not followed any more ends', async () => {
    const stop = new AbortController();
    stop.abort();
    for await (const item of each(told().logs({ since: Date.now() }, { follow: true, signal: stop.signal })))
      expect(item.kind).toBe('line');
  });
}
