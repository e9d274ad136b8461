import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Demultiplexer } from './demux';

const frame = (stream: number, bytes: Buffer): Buffer => {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
};

describe('a multiplexed stream', () => {
  it('comes out the same wherever it is cut', () => {
    const parts = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ minLength: 1, maxLength: 60 })), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(parts, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (frames, sizes) => {
        const whole = Buffer.concat(frames.map(([stream, bytes]) => frame(stream, Buffer.from(bytes))));
        const reader = new Demultiplexer();
        const found: [number, string][] = [];
        for (let at = 0, turn = 0; at < whole.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          for (const it of reader.push(whole.subarray(at, at + size)) ?? [])
            found.push([it.stream === 'stdout' ? 1 : 2, it.bytes.toString('hex')]);
          at += size;
        }
        expect(found).toEqual(frames.map(([stream, bytes]) => [stream, Buffer.from(bytes).toString('hex')]));
        expect(reader.pending).toBe(0);
      }),
    );
  });

  it('says what is missing at the end', () => {
    const reader = new Demultiplexer();
    expect(reader.push(frame(1, Buffer.from('whole')).subarray(0, 10))).toEqual([]);
    expect(reader.pending).toBe(10);
  });

  it('that comes byte by byte costs no more time the longer a frame is', () => {
    const reader = new Demultiplexer();
    const whole = frame(1, Buffer.alloc(1024 * 1024, 'x'));
    const began = performance.now();
    let found = 0;
    for (let at = 0; at < whole.length; at++) found += reader.push(whole.subarray(at, at + 1))?.length ?? 0;
    expect(found).toBe(1);
    // By the square of the length this takes minutes.
    expect(performance.now() - began).toBeLessThan(8_000);
  });

  it.each([
    ['a frame that claims 4 GB', Buffer.from([1, 0, 0, 0, 255, 255, 255, 255])],
    ['zeros', Buffer.alloc(100)],
    ['plain text', Buffer.from('hello, this is a terminal')],
    ['an odd stream number', frame(9, Buffer.from('x'))],
    ['a length no engine sends', Buffer.from([1, 0, 0, 0, 0x7f, 255, 255, 255])],
  ])('refuses %s', (_, bytes) => {
    expect(new Demultiplexer().push(bytes)).toBe(null);
  });
});
