/** What one stream of a program may print before it is cut off. Bytes. */
export const OUTPUT_LIMIT = 8 * 1024 * 1024;

/** What was read of a stream, up to a number of bytes. */
export class BoundedOutput {
  private readonly chunks: Buffer[] = [];
  private size = 0;

  constructor(private readonly limit: number) {}

  /** False: the limit is passed; what fits was kept. */
  add(chunk: Buffer): boolean {
    const room = this.limit - this.size;
    this.chunks.push(chunk.subarray(0, room));
    this.size += Math.min(chunk.length, room);
    return chunk.length <= room;
  }

  bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  /** As UTF-8; bytes that are not UTF-8 become U+FFFD. */
  text(): string {
    return this.bytes().toString('utf8');
  }
}
