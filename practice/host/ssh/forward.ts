import { connect } from 'node:net';
import type { ServerChannel, TcpipRequestInfo } from 'ssh2';

/** Serves `direct-tcpip`: to the machine's own ports, and nowhere else. */
export function forward(
  accept: () => ServerChannel,
  reject: () => void,
  { destIP, destPort }: TcpipRequestInfo,
  ports: readonly number[],
): void {
  if (destIP !== '127.0.0.1' || !ports.includes(destPort)) return reject();
  const socket = connect(destPort, destIP);
  socket.once('error', reject).once('connect', () => {
    socket.off('error', reject).on('error', () => undefined);
    const channel = accept();
    channel.on('error', () => undefined).on('close', () => socket.destroy());
    socket.on('close', () => channel.end());
    socket.pipe(channel).pipe(socket);
  });
}
