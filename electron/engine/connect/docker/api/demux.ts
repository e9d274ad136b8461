/** A piece of one of a program's streams, as the engine multiplexes them. */
export interface Frame {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Buffer;
}

/** A frame's header: stream, three zero bytes, length as 32 bits, most significant first. */
const HEADER = 8;
/** The engine sends at most 16 KiB of a log line, and 32 KiB of a program's output, at once; more is not this protocol. */
const LARGEST = 1024 * 1024;
/** Small chunks are put together now and then, for each costs more than its bytes. */
const MOST_CHUNKS = 1_000;

/**
 * Takes a multiplexed stream apart, chunk by chunk, wherever chunks are cut. Streams of containers with a terminal are not
 * multiplexed: they are not for this.
 */
export class Demultiplexer {
  private chunks: Buffer[] = [];
  /** Bytes of a frame that has not come whole. */
  pending = 0;
  /** Bytes that make it whole, as far as is known. */
  private wanted = HEADER;

  /** @returns the whole frames so far; null when the stream is no multiplexed one. */
  push(chunk: Buffer): Frame[] | null {
    this.chunks.push(chunk);
    this.pending += chunk.length;
    if (this.pending < this.wanted) {
      if (this.chunks.length > MOST_CHUNKS) this.chunks = [Buffer.concat(this.chunks)];
      return [];
    }
    const bytes = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks);
    const frames: Frame[] = [];
    let at = 0;
    this.wanted = HEADER;
    while (bytes.length - at >= HEADER) {
      const kind = bytes[at] ?? 255;
      const size = bytes.readUInt32BE(at + 4);
      const isFrame = kind >= 1 && kind <= 3 && (bytes.readUInt32BE(at) & 0xffffff) === 0;
      if (!isFrame || size === 0 || size > LARGEST) return null;
      if (bytes.length - at - HEADER < size) {
        this.wanted = HEADER + size;
        break;
      }
      const start = at + HEADER;
      // 3 is the engine's own trouble with the stream.
      frames.push({ stream: kind > 1 ? 'stderr' : 'stdout', bytes: bytes.subarray(start, start + size) });
      at = start + size;
    }
    this.pending = bytes.length - at;
    this.chunks = this.pending === 0 ? [] : [bytes.subarray(at)];
    return frames;
  }
}
