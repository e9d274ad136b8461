/** SFTP version 3 (draft-ietf-secsh-filexfer-02): packet types. */
export const REQUEST = {
  INIT: 1,
  OPEN: 3,
  CLOSE: 4,
  READ: 5,
  WRITE: 6,
  LSTAT: 7,
  FSTAT: 8,
  SETSTAT: 9,
  FSETSTAT: 10,
  OPENDIR: 11,
  READDIR: 12,
  REMOVE: 13,
  MKDIR: 14,
  RMDIR: 15,
  REALPATH: 16,
  STAT: 17,
  RENAME: 18,
  READLINK: 19,
  SYMLINK: 20,
  EXTENDED: 200,
} as const;

export const RESPONSE = {
  VERSION: 2,
  STATUS: 101,
  HANDLE: 102,
  DATA: 103,
  NAME: 104,
  ATTRS: 105,
  EXTENDED: 201,
} as const;

export const STATUS = {
  OK: 0,
  EOF: 1,
  NO_SUCH_FILE: 2,
  PERMISSION_DENIED: 3,
  FAILURE: 4,
  BAD_MESSAGE: 5,
  UNSUPPORTED: 8,
} as const;

/** A packet longer than this ends the session, as OpenSSH does (its limit is 256 KiB). */
export const LONGEST_PACKET = 256 * 1024;

/** A packet that says less than its type needs. */
export class MalformedPacket extends Error {}

/** Reads the fields of one packet in order. */
export class PacketReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    return this.#take(1).readUInt8();
  }

  uint32(): number {
    return this.#take(4).readUInt32BE();
  }

  /** @returns a file offset; those beyond 2^53 are no files of ours. */
  uint64(): number {
    return Number(this.#take(8).readBigUInt64BE());
  }

  bytes(): Buffer {
    return this.#take(this.uint32());
  }

  text(): string {
    return this.bytes().toString('utf8');
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new MalformedPacket();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

/** A field to be written: a number of four or eight bytes, bytes as they are, or a string with its length before it. */
export type Field =
  { readonly uint32: number } | { readonly uint64: bigint } | { readonly raw: Buffer } | string | Buffer;

/** One whole packet, its length included. */
export function packet(type: number, ...fields: readonly Field[]): Buffer {
  const body = Buffer.concat([Buffer.from([type]), ...fields.map(encode)]);
  return Buffer.concat([encode({ uint32: body.length }), body]);
}

/** A field as the wire has it, numbers big-endian. */
export function encode(field: Field): Buffer {
  if (typeof field === 'string' || Buffer.isBuffer(field)) {
    const bytes = Buffer.from(field);
    return Buffer.concat([encode({ uint32: bytes.length }), bytes]);
  }
  if ('raw' in field) return field.raw;
  const bytes = Buffer.alloc('uint64' in field ? 8 : 4);
  if ('uint64' in field) bytes.writeBigUInt64BE(field.uint64);
  else bytes.writeUInt32BE(field.uint32);
  return bytes;
}
