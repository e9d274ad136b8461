import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';

/**
 * One entry of a zip file's directory (APPNOTE.TXT 6.3.10, section 4.3.12).
 * @typedef {object} ZipEntry
 * @property {string} name with slashes; a folder's ends with one
 * @property {number} mode the Unix mode with its type bits, 0 where the archive has none
 * @property {number} method 0 stored, 8 deflated
 * @property {number} crc of the content
 * @property {number} packed bytes in the archive
 * @property {number} size bytes of the content
 * @property {number} at where its local header starts
 */

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const TYPE_BITS = 0o170000;
const SYMLINK = 0o120000;

/**
 * Unpacks a zip file, keeping modes and symbolic links, without holding a file in memory.
 * @param {string} archive
 * @param {string} target a folder, made when missing
 * @param {(name: string) => string | undefined} rename the path under `target` for an entry, or undefined to leave it out
 * @throws when the archive is damaged, needs a feature that is not read here, or an entry would land outside `target`
 */
export async function unzip(archive, target, rename) {
  for (const entry of await readDirectory(archive)) {
    const name = rename(entry.name);
    if (name === undefined) continue;
    if (name.split(/[\\/]/).includes('..') || /^([\\/]|[a-z]:)/i.test(name)) {
      throw new Error(`${archive}: the entry ${entry.name} would be written outside the folder`);
    }
    const path = join(target, name);
    if (entry.name.endsWith('/')) await mkdir(path, { recursive: true });
    else await extract(archive, entry, path);
  }
}

/**
 * Lists what a zip file holds, in its directory's order.
 * @param {string} archive
 * @returns {Promise<ZipEntry[]>}
 */
export async function readDirectory(archive) {
  const file = await open(archive);
  try {
    const { size } = await file.stat();
    const tail = await readAt(file, Math.max(0, size - 0x10016), Math.min(size, 0x10016));
    const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
    if (end < 0 || tail.readUInt32LE(end) !== END_OF_DIRECTORY)
      throw new Error(`${archive} is not a zip file`);
    const count = tail.readUInt16LE(end + 10);
    const directory = await readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    return parseDirectory(directory, count);
  } finally {
    await file.close();
  }
}

/**
 * @param {Buffer} directory
 * @param {number} count
 */
function parseDirectory(directory, count) {
  /** @type {ZipEntry[]} */
  const entries = [];
  for (let at = 0; entries.length < count;) {
    if (directory.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error('the zip directory is damaged');
    const nameLength = directory.readUInt16LE(at + 28);
    const name = directory.toString('utf8', at + 46, at + 46 + nameLength);
    const entry = {
      name,
      mode: directory.readUInt32LE(at + 38) >>> 16,
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      at: directory.readUInt32LE(at + 42),
    };
    if ((directory.readUInt16LE(at + 8) & 1) !== 0) throw new Error(`${name} is encrypted`);
    if ([entry.packed, entry.size, entry.at].includes(0xffffffff)) throw new Error(`${name} needs Zip64`);
    entries.push(entry);
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/**
 * @param {string} archive
 * @param {ZipEntry} entry
 * @param {string} path
 */
async function extract(archive, entry, path) {
  await mkdir(dirname(path), { recursive: true });
  const isLink = (entry.mode & TYPE_BITS) === SYMLINK;
  const mode = isLink ? 0o600 : entry.mode & 0o777 || 0o644;
  const out = createWriteStream(path, { flags: 'wx', mode });
  if (entry.size === 0) {
    await pipeline([], out);
    return;
  }
  const start = await contentStart(archive, entry);
  const packed = createReadStream(archive, { start, end: start + entry.packed - 1 });
  /** @param {AsyncIterable<Buffer>} chunks */
  const checked = async function* (chunks) {
    let crc = 0;
    for await (const chunk of chunks) {
      crc = crc32(chunk, crc);
      yield chunk;
    }
    if (crc !== entry.crc) throw new Error(`${archive}: ${entry.name} is damaged`);
  };
  if (entry.method === 8) await pipeline(packed, createInflateRaw(), checked, out);
  else if (entry.method === 0) await pipeline(packed, checked, out);
  else throw new Error(`${archive}: ${entry.name} is packed by an unknown method (${entry.method})`);
  if (isLink) await becomeLink(path);
}

/** A symbolic link's content is where it points. @param {string} path */
async function becomeLink(path) {
  const pointsTo = await readFile(path, 'utf8');
  await rm(path);
  await symlink(pointsTo, path);
}

/**
 * @param {string} archive
 * @param {ZipEntry} entry
 */
async function contentStart(archive, entry) {
  const file = await open(archive);
  try {
    const header = await readAt(file, entry.at, 30);
    if (header.readUInt32LE(0) !== LOCAL_HEADER) throw new Error(`${archive}: ${entry.name} has no header`);
    return entry.at + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  } finally {
    await file.close();
  }
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @param {number} position
 * @param {number} length
 */
async function readAt(file, position, length) {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead !== length) throw new Error('the zip file is cut short');
  return buffer;
}
