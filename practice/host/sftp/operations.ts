import { lstat, mkdir, readlink, realpath, rmdir, stat, symlink, unlink } from 'node:fs/promises';
import { applyToFile, applyToPath } from './apply-attributes';
import { attributesOf, PROC_FILE, readAttributes } from './attributes';
import { close, openFile, opendir, read, readFolder, write } from './open-files';
import { packet, REQUEST, RESPONSE, STATUS, type PacketReader } from './packets';
import { renamePlainly } from './rename';
import { enter, type Operation, type SftpSession } from './session';
import { SftpTrouble, statusPacket } from './trouble';

/** The operations of SFTP version 3 by packet type. */
export const OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [REQUEST.OPEN, openFile],
  [REQUEST.CLOSE, close],
  [REQUEST.READ, read],
  [REQUEST.WRITE, write],
  [REQUEST.LSTAT, (id, reader, session) => statPath(id, reader.text(), false, session)],
  [REQUEST.STAT, (id, reader, session) => statPath(id, reader.text(), true, session)],
  [REQUEST.FSTAT, statFile],
  [REQUEST.SETSTAT, setPath],
  [REQUEST.FSETSTAT, setFile],
  [REQUEST.OPENDIR, opendir],
  [REQUEST.READDIR, readFolder],
  [REQUEST.REMOVE, remove],
  [REQUEST.MKDIR, makeFolder],
  [REQUEST.RMDIR, removeFolder],
  [REQUEST.REALPATH, realPath],
  [REQUEST.RENAME, rename],
  [REQUEST.READLINK, readLink],
  [REQUEST.SYMLINK, makeSymlink],
]);

async function statPath(id: number, path: string, follow: boolean, session: SftpSession): Promise<Buffer> {
  const inside = await enter(path, follow, session);
  const found = follow ? await stat(inside, { bigint: true }) : await lstat(inside, { bigint: true });
  return packetWithAttributes(id, attributesOf(found));
}

async function statFile(id: number, reader: PacketReader, session: SftpSession): Promise<Buffer> {
  const opened = session.handles.get(reader.bytes());
  if (opened.kind === 'text') return packetWithAttributes(id, PROC_FILE);
  if (opened.kind === 'folder') throw new SftpTrouble(STATUS.FAILURE);
  return packetWithAttributes(id, attributesOf(await opened.file.stat({ bigint: true })));
}

async function setPath(id: number, reader: PacketReader, session: SftpSession): Promise<Buffer> {
  const path = await enter(reader.text(), true, session);
  await applyToPath(path, readAttributes(reader));
  return statusPacket(id, STATUS.OK);
}

async function setFile(id: number, reader: PacketReader, session: SftpSession): Promise<Buffer> {
  const { file } = session.handles.file(reader.bytes());
  await applyToFile(file, readAttributes(reader));
  return statusPacket(id, STATUS.OK);
}

async function remove(id: number, reader: PacketReader, session: SftpSession): Promise<Buffer> {
  await unlink(await enter(reader.text(), false, session));
  return statusPacket(id, STATUS.OK);
}

async function makeFolder(id: number, reader: PacketReader, session: SftpSession): Promise<Buffer> {
  const path = await enter(reader.text(), false, session);
  await mkdir(path, { mode: readAttributes(reader).mode ?? 0o777 });
  return statusPacket(id, STATUS.OK);
}

async function removeFolder(id: number, reader: PacketReader, session: SftpSession): Promise<Buffer> {
  await rmdir(await enter(reader.text(), false, session));
  return statusPacket(id, STATUS.OK);
}

/** `.` and other relative paths start at the machine's folder. What does not exist yet has a real path too. */
async function realPath(id: number, reader: PacketReader, session: SftpSession): Promise<Buffer> {
  const located = await enter(reader.text() || '.', true, session);
  const real = await realpath(located).catch(() => located);
  return nameOf(id, real);
}

async function rename(id: number, reader: PacketReader, session: SftpSession): Promise<Buffer> {
  const from = await enter(reader.text(), false, session);
  const to = await enter(reader.text(), false, session);
  return statusPacket(id, session.faults.take('rename') ? STATUS.FAILURE : await renamePlainly(from, to));
}

async function readLink(id: number, reader: PacketReader, session: SftpSession): Promise<Buffer> {
  return nameOf(id, await readlink(await enter(reader.text(), false, session)));
}

/** The link's path comes first, as the draft says. (OpenSSH swaps the two, and clients swap them for OpenSSH alone.) */
async function makeSymlink(id: number, reader: PacketReader, session: SftpSession): Promise<Buffer> {
  const path = await enter(reader.text(), false, session);
  await symlink(reader.text(), path);
  return statusPacket(id, STATUS.OK);
}

function nameOf(id: number, name: string): Buffer {
  return packet(RESPONSE.NAME, { uint32: id }, { uint32: 1 }, name, name, { uint32: 0 });
}

function packetWithAttributes(id: number, attributes: Buffer): Buffer {
  return packet(RESPONSE.ATTRS, { uint32: id }, { raw: attributes });
}
