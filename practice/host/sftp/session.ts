import type { MachineParts } from '../commands/command';
import type { Faults } from '../faults';
import type { Handles } from './handles';
import { STATUS, type PacketReader } from './packets';
import { SftpTrouble } from './trouble';

/** What an SFTP operation can reach. */
export interface SftpSession {
  readonly machine: Pick<MachineParts, 'fence' | 'clock'>;
  readonly handles: Handles;
  readonly faults: Faults;
}

/** An operation: reads the rest of its packet, acts, and makes the answer. Trouble is thrown and answered by the server. */
export type Operation = (id: number, reader: PacketReader, session: SftpSession) => Promise<Buffer>;

/** The real path meant, or `Permission denied`. */
export async function enter(path: string, follow: boolean, session: SftpSession): Promise<string> {
  const inside = await session.machine.fence.enter(path, follow);
  if (inside === null) throw new SftpTrouble(STATUS.PERMISSION_DENIED);
  return inside;
}
