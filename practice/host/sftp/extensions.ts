import { link, rename, statfs } from 'node:fs/promises';
import { packet, RESPONSE, STATUS, type PacketReader } from './packets';
import { enter, type SftpSession } from './session';
import { SftpTrouble, statusPacket } from './trouble';

/** OpenSSH's extensions that are spoken here, with the versions it announces (its PROTOCOL file, section 4). */
export const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ['posix-rename@openssh.com', '1'],
  ['statvfs@openssh.com', '2'],
  ['hardlink@openssh.com', '1'],
  ['fsync@openssh.com', '1'],
]);

/** Answers an EXTENDED request. */
export async function extended(id: number, reader: PacketReader, session: SftpSession): Promise<Buffer> {
  const name = reader.text();
  switch (name) {
    case 'posix-rename@openssh.com': {
      const from = await enter(reader.text(), false, session);
      const to = await enter(reader.text(), false, session);
      if (session.faults.take('rename')) throw new SftpTrouble(STATUS.FAILURE);
      await rename(from, to);
      return statusPacket(id, STATUS.OK);
    }
    case 'hardlink@openssh.com': {
      const from = await enter(reader.text(), false, session);
      await link(from, await enter(reader.text(), false, session));
      return statusPacket(id, STATUS.OK);
    }
    case 'fsync@openssh.com':
      await session.handles.file(reader.bytes()).file.sync();
      return statusPacket(id, STATUS.OK);
    case 'statvfs@openssh.com':
      return fileSystem(id, await enter(reader.text(), true, session));
    default:
      throw new SftpTrouble(STATUS.UNSUPPORTED);
  }
}

async function fileSystem(id: number, path: string): Promise<Buffer> {
  const stat = await statfs(path, { bigint: true });
  const fields = [
    stat.bsize,
    stat.bsize,
    stat.blocks,
    stat.bfree,
    stat.bavail,
    stat.files,
    stat.ffree,
    stat.ffree,
    0n, // the file system's id, which Node does not tell
    0n, // no flags: neither read-only nor nosuid
    255n,
  ];
  return packet(RESPONSE.EXTENDED, { uint32: id }, ...fields.map((uint64) => ({ uint64 })));
}
