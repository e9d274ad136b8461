import type { Duplex } from 'node:stream';
import type { MachineParts } from '../commands/command';
import type { Faults } from '../faults';
import { EXTENSIONS, extended } from './extensions';
import { Handles } from './handles';
import { OPERATIONS } from './operations';
import { LONGEST_PACKET, packet, PacketReader, REQUEST, RESPONSE, STATUS } from './packets';
import type { SftpSession } from './session';
import { SftpTrouble, statusOf, statusPacket } from './trouble';

/**
 * Speaks SFTP version 3 on a channel, one request after the other, until it ends. ssh2 has an SFTP server, but its VERSION answer is
 * fixed and offers no extensions, and replacing a file safely needs `posix-rename` and `fsync`: hence this one.
 */
export async function serveSftp(
  channel: Duplex,
  machine: Pick<MachineParts, 'fence' | 'clock'>,
  faults: Faults,
): Promise<void> {
  const session: SftpSession = { machine, faults, handles: new Handles() };
  try {
    for await (const body of packets(channel)) {
      const answer = await reply(body, session);
      if (answer === null || channel.destroyed || !channel.writable) break;
      if (!channel.write(answer)) await drained(channel);
    }
  } finally {
    await session.handles.closeAll();
  }
}

/** Null: the client broke the protocol, and the session ends. */
async function reply(body: Buffer, session: SftpSession): Promise<Buffer | null> {
  const reader = new PacketReader(body);
  const type = body[0];
  if (type === undefined) return null;
  reader.byte();
  if (type === REQUEST.INIT) return version();
  if (body.length < 5) return null;
  const id = reader.uint32();
  await session.faults.wait();
  try {
    const operation = type === REQUEST.EXTENDED ? extended : OPERATIONS.get(type);
    if (!operation) throw new SftpTrouble(STATUS.UNSUPPORTED);
    return await operation(id, reader, session);
  } catch (error) {
    return statusPacket(id, statusOf(error));
  }
}

function version(): Buffer {
  return packet(RESPONSE.VERSION, { uint32: 3 }, ...[...EXTENSIONS].flat());
}

/** Cuts the channel's bytes into packets. Ends with the channel, or at a packet that is too long. */
async function* packets(channel: Duplex): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of channel) {
    rest = Buffer.concat([rest, Buffer.from(chunk)]);
    while (rest.length >= 4) {
      const length = rest.readUInt32BE();
      if (length > LONGEST_PACKET) return;
      if (rest.length < 4 + length) break;
      yield rest.subarray(4, 4 + length);
      rest = rest.subarray(4 + length);
    }
  }
}

function drained(channel: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of ['drain', 'close', 'error', 'finish']) channel.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'error', 'finish']) channel.on(event, done);
  });
}
