import type { ClientChannel } from 'ssh2';

/**
 * A program running on the server. Made in the very callback that opens its channel: its exit code and even its end may
 * arrive with the same packet, and are events that come once.
 */
export class Program {
  /** Null: running, or killed by a signal. */
  exitCode: number | null = null;
  /** Resolves when the program has ended and all it printed was read, or the connection is gone. */
  readonly closed: Promise<void>;

  constructor(readonly channel: ClientChannel) {
    channel.on('exit', (code: number | null) => (this.exitCode = code));
    channel.on('error', () => undefined);
    this.closed = new Promise((resolve) => channel.once('close', () => resolve()));
  }

  /** Ends it: a signal where sshd passes it on (not to root's programs), then the channel, whose closed pipe ends what writes. */
  stop(): void {
    try {
      this.channel.signal('TERM');
      this.channel.close();
    } catch {
      // The connection is gone, and the channel with it.
    }
    // What is still on its way is read and dropped: the program's end is seen only behind it.
    this.channel.removeAllListeners('data').resume();
    this.channel.stderr.removeAllListeners('data').resume();
  }
}
