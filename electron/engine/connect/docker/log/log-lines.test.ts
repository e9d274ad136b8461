import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CUT_MARK, KEPT_LINE } from '../../common/kept-line';
import { LineCounter, readCursor, readTimestamp, sinceOf, writeCursor } from './log-cursor';
import { type LogReader, MultiplexedLog, TerminalLog } from './log-lines';

const T = (n: number) => `2026-11-25T04:20:16.${String(n).padStart(9, '0')}Z`;
const base = BigInt(Date.parse('2026-11-25T04:20:16Z')) * 1_000_000n;

const frame = (stream: 1 | 2, text: string): Buffer => {
  const bytes = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
};
const all = (reader: LogReader, bytes: Buffer, size: number) => {
  const lines = [];
  for (let at = 0; at < bytes.length; at += size)
    lines.push(...(reader.push(bytes.subarray(at, at + size)) ?? []));
  return lines.map(({ nanoseconds, text }) => [Number(nanoseconds - base), text]);
};

describe('lines of a container’s log', () => {
  it('come whole wherever chunks are cut, each stream with lines of its own', () => {
    const bytes = Buffer.concat([
      frame(1, `${T(1)} first\n`),
      frame(1, `${T(2)} a long `),
      frame(2, `${T(3)} between\n`),
      frame(1, `${T(4)} line ünd more\n`),
      frame(2, `${T(5)} \n`),
    ]);
    const expected = [
      [1, 'first'],
      [3, 'between'],
      [2, 'a long line ünd more'],
      [5, ''],
    ];
    for (const size of [1, 2, 3, 7, 50, 1000])
      expect(all(new MultiplexedLog(), bytes, size)).toEqual(expected);
  });

  const long = 'x'.repeat(16 * 1024);
  const kept = `${'x'.repeat(KEPT_LINE)}${CUT_MARK}`;

  it('with a terminal end in CR LF; of a long one, which the engine tells in pieces, the beginning is kept', () => {
    const text = `${T(1)} first\r\n${T(2)} ${long}${T(3)} rest\r\n${T(4)} last\r\n`;
    for (const size of [1, 11, 4096, 100_000])
      expect(all(new TerminalLog(), Buffer.from(text), size)).toEqual([
        [1, 'first'],
        [2, kept],
        [4, 'last'],
      ]);
  });

  it('are kept to 4 kB, and say so', () => {
    const frames = [frame(1, `${T(1)} ${long}`), frame(1, `${T(2)} rest\n`), frame(1, `${T(3)} last\n`)];
    for (const size of [7, 4096, 100_000])
      expect(all(new MultiplexedLog(), Buffer.concat(frames), size)).toEqual([
        [1, kept],
        [3, 'last'],
      ]);
    const whole = 'y'.repeat(KEPT_LINE);
    expect(all(new TerminalLog(), Buffer.from(`${T(1)} ${whole}\r\n`), 1_000)).toEqual([[1, whole]]);
  });

  it.each([
    ['terminal', () => new TerminalLog(), (chunk: Buffer) => chunk],
    ['multiplexed', () => new MultiplexedLog(), (chunk: Buffer) => frame(1, chunk.toString('latin1'))],
  ])('a %s without an end costs neither memory nor more time the longer it is', (_, reader, wrap) => {
    const log = reader();
    log.push(wrap(Buffer.from(`${T(1)} `)));
    const chunk = wrap(Buffer.alloc(64 * 1024, 'z'));
    const before = process.memoryUsage().heapUsed;
    const began = performance.now();
    // 100 MB: by the square of the length this takes minutes.
    for (let sent = 0; sent < 1_600; sent++) log.push(chunk);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024);
    expect(log.push(wrap(Buffer.from('\r\n')))?.[0]?.text).toMatch(/^z{4096} … \(cut/);
  });

  it('are none where no time stands in front: a page, a greeting', () => {
    expect(new TerminalLog().push(Buffer.from('<!DOCTYPE html>\n<html>'))).toBe(null);
    expect(new TerminalLog().push(Buffer.from('x'.repeat(10_000)))).toBe(null);
  });

  it('that are not UTF-8 are shown with marks', () => {
    const bytes = Buffer.concat([Buffer.from(`${T(1)} a`), Buffer.from([0xff, 0xfe]), Buffer.from('b\r\n')]);
    expect(all(new TerminalLog(), bytes, 5)).toEqual([[1, 'a\ufffd\ufffdb']]);
  });
});

describe('places in a log', () => {
  it('are times to the nanosecond', () => {
    expect(readTimestamp('2026-11-25T04:20:16.5Z')).toBe(base + 500_000_000n);
    expect(readTimestamp('2026-11-25T05:20:16.000000001+01:00')).toBe(base + 1n);
    expect(readTimestamp('2026-11-25T04:20:16Z')).toBe(base);
    for (const text of ['', 'now', '2026-11-25 04:20:16Z', '2026-13-45T99:99:99Z'])
      expect(readTimestamp(text)).toBe(null);
    expect(sinceOf(base + 1n)).toBe(`${base / 1_000_000_000n}.000000001`);
    expect(sinceOf(-5n)).toBe('0.000000000');
  });

  it('count the lines of one time, also when the streams are out of order', () => {
    const counter = new LineCounter();
    const times = [1n, 2n, 1n, 2n, 2n, 3n, 1n];
    expect(times.map((nanoseconds) => counter.place({ nanoseconds, text: '' }).cursor)).toEqual([
      '1/1',
      '2/1',
      '1/2',
      '2/2',
      '2/3',
      '3/1',
      '1/3',
    ]);
  });

  it('differ for every line of any log', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(0n, 5n), { maxLength: 50 }), (times) => {
        const counter = new LineCounter();
        const cursors = times.map((nanoseconds) => counter.place({ nanoseconds, text: '' }).cursor);
        expect(new Set(cursors).size).toBe(cursors.length);
      }),
    );
  });

  it('are read back as written, and nothing else is', () => {
    const cursor = { nanoseconds: base + 123n, count: 4 };
    expect(readCursor(writeCursor(cursor))).toEqual(cursor);
    for (const text of ['', '5', 's=abc;i=1', '1/', '/1', '-1/1', '1/1 '])
      expect(readCursor(text)).toBe(null);
  });
});
