import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { FrameReader, requestSchema, send, takeFrame } from './wire';

describe('frames', () => {
  it('arrive whole, however they are cut', async () => {
    const [out, stream] = [new PassThrough(), new PassThrough()];
    send(out, { say: 'alert', alert: 'UnknownCA' });
    send(out, { say: 'refresh' });
    const reader = new FrameReader(stream);
    for (const byte of out.read() as Buffer) stream.write(Buffer.of(byte));
    expect(await reader.next(requestSchema, 5_000)).toEqual({ say: 'alert', alert: 'UnknownCA' });
    expect(await reader.next(requestSchema, 5_000)).toEqual({ say: 'refresh' });
  });

  it('a stream that ends, says nothing, or says nonsense is told apart', async () => {
    const ended = new PassThrough();
    ended.end();
    expect(await new FrameReader(ended.resume()).next(requestSchema, 5_000)).toBe('closed');
    expect(await new FrameReader(new PassThrough()).next(requestSchema, 10)).toBe('timeout');
    const nonsense = new PassThrough();
    nonsense.write(Buffer.concat([Buffer.of(0, 0, 0, 2), Buffer.from('{]')]));
    expect(await new FrameReader(nonsense).next(requestSchema, 5_000)).toBe('malformed');
  });

  it('over 256 MiB are refused before they are read', () => {
    expect(takeFrame(Buffer.of(0x10, 0, 0, 1))).toBe('too large');
    expect(takeFrame(Buffer.of(0x10, 0, 0, 0))).toBeUndefined();
  });
});
