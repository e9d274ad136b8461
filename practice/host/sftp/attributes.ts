import type { BigIntStats } from 'node:fs';
import { encode, type PacketReader } from './packets';

/** What a client wants a file's attributes to be; what it does not say stays. */
export interface Attributes {
  readonly size?: number;
  readonly owner?: { readonly uid: number; readonly gid: number };
  readonly mode?: number;
  /** Seconds since the epoch. */
  readonly times?: { readonly accessed: number; readonly modified: number };
}

const SIZE = 1;
const OWNER = 2;
const MODE = 4;
const TIMES = 8;
const EXTENDED = 0x80000000;

/** Reads an ATTRS block; extended attributes are passed over. Times are seconds since the epoch. */
export function readAttributes(reader: PacketReader): Attributes {
  const flags = reader.uint32();
  const size = flags & SIZE ? { size: reader.uint64() } : {};
  const owner = flags & OWNER ? { owner: { uid: reader.uint32(), gid: reader.uint32() } } : {};
  const mode = flags & MODE ? { mode: reader.uint32() & 0o7777 } : {};
  const times = flags & TIMES ? { times: { accessed: reader.uint32(), modified: reader.uint32() } } : {};
  if (flags & EXTENDED) {
    for (let left = reader.uint32(); left > 0; left -= 1) {
      reader.bytes();
      reader.bytes();
    }
  }
  return { ...size, ...owner, ...mode, ...times };
}

/** A file's attributes as an ATTRS block. Mode carries the file type too. */
export function attributesOf(
  stat: Pick<BigIntStats, 'size' | 'uid' | 'gid' | 'mode' | 'atimeMs' | 'mtimeMs'>,
): Buffer {
  const uint32 = (value: bigint): Buffer => encode({ uint32: Number(value & 0xffffffffn) });
  return Buffer.concat([
    encode({ uint32: SIZE | OWNER | MODE | TIMES }),
    encode({ uint64: stat.size }),
    uint32(stat.uid),
    uint32(stat.gid),
    uint32(stat.mode),
    uint32(stat.atimeMs / 1000n),
    uint32(stat.mtimeMs / 1000n),
  ]);
}

/** What the kernel says of a file of its own: size 0 however much can be read. */
export const PROC_FILE = attributesOf({
  size: 0n,
  uid: 0n,
  gid: 0n,
  mode: 0o100444n,
  atimeMs: 0n,
  mtimeMs: 0n,
});

/** A line of `ls -l`, which a directory listing carries beside each name. */
export function longName(name: string, stat: BigIntStats): string {
  const kind = stat.isDirectory() ? 'd' : stat.isSymbolicLink() ? 'l' : '-';
  const bits = Number(stat.mode & 0o777n);
  const letters = [...'rwxrwxrwx'].map((letter, place) => (bits & (0o400 >> place) ? letter : '-')).join('');
  const when = new Date(Number(stat.mtimeMs)).toISOString().slice(0, 16).replace('T', ' ');
  return `${kind}${letters} ${stat.nlink} ${stat.uid} ${stat.gid} ${stat.size} ${when} ${name}`;
}
