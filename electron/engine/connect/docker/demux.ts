/** A piece of one of a program's streams, as the engine multiplexes them. */
export interface Frame {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Buffer;
}

/** A frame's header: stream, three zero bytes, length as 32 bits, most significant first. */
const HEADER = 8;
/** The engine sends at most 16 KiB of a log line, and 32 KiB of a program's output, at once; more is not this protocol. */
const LARGEST = 1024 * 1024;

/**
 * Takes a multiplexed stream apart, chunk by chunk, wherever chunks are cut. Streams of containers with a terminal are not
 * multiplexed: they are not for this.
 */
export class Demultiplexer {
  private rest: Buffer = Buffer.alloc(0);

  /** @returns the whole frames so far; null when the stream is no multiplexed one. */
  push(chunk: Buffer): Frame[] | null {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const frames: Frame[] = [];
    let at = 0;
    while (bytes.length - at >= HEADER) {
      const kind = bytes[at] ?? 255;
      const size = bytes.readUInt32BE(at + 4);
      if (kind > 3 || (bytes.readUInt32BE(at) & 0xffffff) !== 0 || size > LARGEST) return null;
      if (bytes.length - at - HEADER < size) break;
      const start = at + HEADER;
      // 3 is the engine's own trouble with the stream.
      frames.push({ stream: kind > 1 ? 'stderr' : 'stdout', bytes: bytes.subarray(start, start + size) });
      at = start + size;
    }
    this.rest = bytes.subarray(at);
    return frames;
  }

  /** Bytes of a frame that has not come whole. */
  get pending(): number {
    return this.rest.length;
  }
}
