import { MalformedPacket, packet, RESPONSE, STATUS } from './packets';

/** An operation that fails with an SFTP status. Thrown inside the SFTP server only, and answered there. */
export class SftpTrouble extends Error {
  readonly status: number;

  constructor(status: number) {
    super(messageOf(status));
    this.status = status;
  }
}

/** The status that answers an error, in OpenSSH's mapping: everything it has no status for is `Failure`. */
export function statusOf(error: unknown): number {
  if (error instanceof SftpTrouble) return error.status;
  if (error instanceof MalformedPacket) return STATUS.BAD_MESSAGE;
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return STATUS.NO_SUCH_FILE;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EFAULT') return STATUS.PERMISSION_DENIED;
  return STATUS.FAILURE;
}

/** A STATUS answer. */
export function statusPacket(id: number, status: number): Buffer {
  return packet(RESPONSE.STATUS, { uint32: id }, { uint32: status }, messageOf(status), '');
}

/** OpenSSH's words for a status. */
export function messageOf(status: number): string {
  const words: Record<number, string> = {
    [STATUS.OK]: 'Success',
    [STATUS.EOF]: 'End of file',
    [STATUS.NO_SUCH_FILE]: 'No such file',
    [STATUS.PERMISSION_DENIED]: 'Permission denied',
    [STATUS.BAD_MESSAGE]: 'Bad message',
    [STATUS.UNSUPPORTED]: 'Operation unsupported',
  };
  return words[status] ?? 'Failure';
}
