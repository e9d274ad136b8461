import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

const BLOCK = 512;

/**
 * Takes one file out of a .tar.gz, without holding it in memory. Reads the plain names npm writes (up to 100 bytes, or
 * with the ustar prefix); other kinds of entries are passed over.
 * @param {string} archive path of the .tar.gz
 * @param {string} name the entry's full name
 * @param {string} target where to write it; must not exist
 * @throws when the archive does not hold the entry or is cut short
 */
export async function extractFromTarGz(archive, name, target) {
  let found = false;
  await pipeline(createReadStream(archive), createGunzip(), async (chunks) => {
    const reader = new BlockReader(chunks);
    for (;;) {
      const header = await reader.take(BLOCK);
      if (header === undefined || header.every((byte) => byte === 0)) break;
      const size = Number.parseInt(text(header, 124, 12), 8) || 0;
      const prefix = text(header, 345, 155);
      const entry = prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`;
      if (entry === name) {
        found = true;
        await pipeline(() => reader.body(size), createWriteStream(target, { flags: 'wx' }));
      } else {
        for await (const _ of reader.body(size));
      }
      const padding = (BLOCK - (size % BLOCK)) % BLOCK;
      for await (const _ of reader.body(padding));
    }
    // Two blocks of zeros end an archive; what follows is read so that the stream ends well.
    await reader.drain();
  });
  if (!found) throw new Error(`${archive} holds no ${name}`);
}

/** A C string in a tar header. @param {Buffer} header @param {number} at @param {number} length */
function text(header, at, length) {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end).trim();
}

/** Cuts a stream of chunks into pieces of a wanted length. */
class BlockReader {
  /** @param {AsyncIterable<Buffer>} chunks */
  constructor(chunks) {
    this.chunks = chunks[Symbol.asyncIterator]();
    /** @type {Buffer} */
    this.rest = Buffer.alloc(0);
  }

  /** @param {number} length @returns {Promise<Buffer | undefined>} undefined at the end of the stream */
  async take(length) {
    const parts = [];
    for await (const part of this.body(length, true)) parts.push(part);
    return parts.length === 0 ? undefined : Buffer.concat(parts);
  }

  /**
   * @param {number} length
   * @param {boolean} [mayEnd] whether the stream may end before the first byte
   * @returns {AsyncGenerator<Buffer, void>}
   */
  async *body(length, mayEnd = false) {
    let missing = length;
    while (missing > 0) {
      if (this.rest.length === 0) {
        const next = await this.chunks.next();
        if (next.done === true) {
          if (mayEnd && missing === length) return;
          throw new Error('the archive is cut short');
        }
        this.rest = next.value;
      }
      const part = this.rest.subarray(0, missing);
      this.rest = this.rest.subarray(part.length);
      missing -= part.length;
      yield part;
    }
  }

  async drain() {
    while ((await this.chunks.next()).done !== true);
  }
}
