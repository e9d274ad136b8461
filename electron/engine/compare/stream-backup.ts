import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { JSONParser } from '@streamparser/json';
import { JsonScan } from './scan-json';

const MIB = 1024 * 1024;
/** A backup's file beyond this is not taken into memory. One that is not packed is as large as what it holds. Bytes. */
export const LARGEST_BACKUP = 1024 * MIB;
/** Any backup may unpack to this. Bytes. */
const ALWAYS = 256 * MIB;
/** Entries are written out with all their names: one that differs in a uuid alone packs to some sixtieth. */
const HIGHEST_RATIO = 250;
/** A backup holds what the database file holds, in other words. */
const TIMES_DATABASE = 16;

/** What a backup was taken from, to tell how large it can be. */
export interface Source {
  /** Size of the database's file in bytes; null: not known. */
  readonly database: number | null;
}

/** A value of a backup: `key` at the top level, or one of `entries`. */
export interface BackupValue {
  readonly value: unknown;
  readonly key: string | null;
}

export type Streamed =
  | { readonly result: 'read' }
  | { readonly result: 'cancelled' }
  /** Larger, or deeper, than it can be: it was not read to its end. */
  | { readonly result: 'beyond-bounds'; readonly why: string }
  /** Cut, or neither gzip nor JSON. */
  | { readonly result: 'unreadable'; readonly why: string }
  /** The reader wants no more of it. */
  | { readonly result: 'refused'; readonly why: string };

/**
 * Unpacks and reads a backup piece by piece, so that of a big one only a value at a time is held. It is unpacked once before
 * without being read, to see that it keeps the bounds: a few packed megabytes may unpack to many gigabytes.
 * @param bytes the file, gzip or plain JSON whatever its name (`backupSuffix`).
 * @param keys of the top level that are wanted.
 * @param take gets every such value and every entry; what it answers ends the reading.
 */
export async function streamBackup(
  bytes: Uint8Array,
  source: Source,
  keys: readonly string[],
  take: (value: BackupValue) => string | null,
  signal: AbortSignal,
): Promise<Streamed> {
  const scan = new JsonScan();
  const most = mostOf(bytes.length, source);
  let size = 0;
  const looked = await unpack(bytes, signal, (piece) => {
    size += piece.length;
    if (size > most)
      return { result: 'beyond-bounds', why: `it unpacks to more than ${Math.round(most / MIB)} MiB` };
    const why = scan.push(piece);
    return why === null ? null : { result: 'beyond-bounds', why };
  });
  if (looked.result !== 'read') return looked;
  const parser = new JSONParser({
    paths: [...keys.map((key) => `$.${key}`), '$.entries.*'],
    keepStack: false,
  });
  let refused: string | null = null;
  parser.onValue = ({ value, key, stack }) => {
    if (refused !== null) return;
    if (stack.length === 1 && typeof key === 'string') refused = take({ value, key });
    if (stack.length === 2) refused = take({ value, key: null });
  };
  const parsed = await unpack(bytes, signal, (piece) => {
    if (!parser.isEnded) parser.write(piece);
    return refused === null ? null : { result: 'refused', why: refused };
  });
  if (parsed.result === 'read' && !parser.isEnded)
    return { result: 'unreadable', why: 'it ends in the middle' };
  return parsed;
}

/** The most a backup of this size may unpack to. */
const mostOf = (packed: number, { database }: Source): number =>
  Math.max(
    ALWAYS,
    Math.min(HIGHEST_RATIO * packed, database === null ? Infinity : TIMES_DATABASE * database),
  );

/** @param look at each piece; what it answers ends the reading. */
async function unpack(
  bytes: Uint8Array,
  signal: AbortSignal,
  look: (piece: Uint8Array) => Streamed | null,
): Promise<Streamed> {
  // In slices: the whole as one piece would be held twice.
  const sliced = Readable.from(slices(bytes));
  const text = isPacked(bytes) ? sliced.pipe(createGunzip({ chunkSize: SLICE })) : sliced;
  try {
    for await (const piece of text) {
      if (signal.aborted) return { result: 'cancelled' };
      const end = look(piece as Uint8Array);
      if (end !== null) return end;
    }
    return { result: 'read' };
  } catch (error) {
    // gunzip and the parser throw on what is not gzip or not JSON.
    return {
      result: 'unreadable',
      why: error instanceof Error ? error.message.slice(0, 200) : 'it cannot be read',
    };
  } finally {
    text.destroy();
  }
}

/** RFC 1952, 2.3.1. */
export const isPacked = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const SLICE = 256 * 1024;

function* slices(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += SLICE) yield bytes.subarray(at, at + SLICE);
}
