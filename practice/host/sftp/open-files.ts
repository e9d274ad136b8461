import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { uptime } from '../commands/system-facts';
import { attributesOf, longName, readAttributes } from './attributes';
import { packet, RESPONSE, STATUS, type Field, type PacketReader } from './packets';
import { enter, type SftpSession } from './session';
import { SftpTrouble, statusPacket } from './trouble';

/** The flags of an OPEN request. */
const OPEN = { READ: 1, WRITE: 2, APPEND: 4, CREATE: 8, TRUNCATE: 16, EXCLUSIVE: 32 } as const;

/** Answers OPEN: a handle, or a status. `/proc/uptime` is the machine’s own. */
export async function openFile(id: number, reader: PacketReader, session: SftpSession): Promise<Buffer> {
  const path = reader.text();
  const flags = reader.uint32();
  const { mode } = readAttributes(reader);
  if (path === '/proc/uptime' && flags === OPEN.READ) {
    const bytes = Buffer.from(uptime(session.machine));
    return handle(id, session.handles.add({ kind: 'text', bytes }));
  }
  const inside = await enter(path, (flags & OPEN.EXCLUSIVE) === 0, session);
  const file = await open(inside, nodeFlags(flags), mode ?? 0o666);
  if ((await file.stat()).isDirectory()) {
    await file.close();
    throw new SftpTrouble(STATUS.FAILURE);
  }
  return handle(id, session.handles.add({ kind: 'file', file, append: (flags & OPEN.APPEND) !== 0 }));
}

/** Answers CLOSE of a file or a folder. */
export async function close(id: number, reader: PacketReader, session: SftpSession): Promise<Buffer> {
  await session.handles.close(reader.bytes());
  return statusPacket(id, STATUS.OK);
}

/** Answers READ: data, or the status EOF. */
export async function read(id: number, reader: PacketReader, session: SftpSession): Promise<Buffer> {
  const opened = session.handles.get(reader.bytes());
  const offset = reader.uint64();
  const length = Math.min(reader.uint32(), LONGEST_READ);
  if (opened.kind === 'folder') throw new SftpTrouble(STATUS.FAILURE);
  if (opened.kind === 'text') return data(id, opened.bytes.subarray(offset, offset + length));
  const { bytesRead, buffer } = await opened.file.read(Buffer.alloc(length), 0, length, offset);
  return data(id, buffer.subarray(0, bytesRead));
}

/** Answers WRITE; the fault `sftp-write` lets one fail. */
export async function write(id: number, reader: PacketReader, session: SftpSession): Promise<Buffer> {
  const { file, append } = session.handles.file(reader.bytes());
  const offset = reader.uint64();
  const bytes = reader.bytes();
  if (session.faults.take('sftp-write')) throw new SftpTrouble(STATUS.FAILURE);
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, append ? null : offset + at);
    at += bytesWritten;
  }
  return statusPacket(id, STATUS.OK);
}

/** Answers OPENDIR: a handle of the folder as it is now. */
export async function opendir(id: number, reader: PacketReader, session: SftpSession): Promise<Buffer> {
  const folder = await enter(reader.text(), true, session);
  const left = [];
  for (const name of ['.', '..', ...(await readdir(folder))]) {
    // A file may go between the listing and the look at it.
    const stat = await lstat(join(folder, name), { bigint: true }).catch(() => null);
    if (stat) left.push({ name, stat });
  }
  return handle(id, session.handles.add({ kind: 'folder', left }));
}

/** Answers READDIR: up to 100 names, then the status EOF. */
export async function readFolder(id: number, reader: PacketReader, session: SftpSession): Promise<Buffer> {
  const opened = session.handles.get(reader.bytes());
  if (opened.kind !== 'folder') throw new SftpTrouble(STATUS.FAILURE);
  const some = opened.left.splice(0, 100);
  if (some.length === 0) throw new SftpTrouble(STATUS.EOF);
  const names = some.flatMap(({ name, stat }): Field[] => [
    name,
    longName(name, stat),
    { raw: attributesOf(stat) },
  ]);
  return packet(RESPONSE.NAME, { uint32: id }, { uint32: some.length }, ...names);
}

/** What OpenSSH's server reads at most for one request. */
const LONGEST_READ = 255 * 1024;

function handle(id: number, bytes: Buffer): Buffer {
  return packet(RESPONSE.HANDLE, { uint32: id }, bytes);
}

function data(id: number, bytes: Buffer): Buffer {
  return bytes.length === 0 ? statusPacket(id, STATUS.EOF) : packet(RESPONSE.DATA, { uint32: id }, bytes);
}

function nodeFlags(flags: number): number {
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const access = has(OPEN.WRITE)
    ? has(OPEN.READ)
      ? constants.O_RDWR
      : constants.O_WRONLY
    : constants.O_RDONLY;
  return (
    access |
    (has(OPEN.APPEND) ? constants.O_APPEND : 0) |
    (has(OPEN.CREATE) ? constants.O_CREAT : 0) |
    (has(OPEN.TRUNCATE) ? constants.O_TRUNC : 0) |
    (has(OPEN.CREATE) && has(OPEN.EXCLUSIVE) ? constants.O_EXCL : 0)
  );
}
