import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { printAddress } from '../addresses';
import type { KeyCert, Pin } from '../certificate';
import { readCertificate } from '../certificate';
import type { Context } from '../context';
import { answerConsumer } from './supplier';
import { words } from './words';

/** The replication port: accepts consumers, holds them while a renewal is under way. */
export class Listener {
  private readonly accept: net.Server;
  private secure: tls.Server | undefined;
  private pins: readonly Pin[] = [];
  /** Connections the kernel took while nobody served them, as after a renewal up to 1.11.0. */
  private held: HeldConnection[] | undefined = [];

  constructor(private readonly context: Context) {
    this.accept = net.createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      if (this.held) this.held.push(new HeldConnection(socket));
      else this.take(socket);
    });
  }

  /** Binds the port. Rejects with the system's error when it is taken. */
  async open(address: { host: string; port: number }): Promise<void> {
    this.accept.listen(address.port, address.host);
    await once(this.accept, 'listening');
  }

  /** Stops serving without closing the port: who connects now waits, and gives up by its own time-out. */
  hold(): void {
    this.held ??= [];
  }

  /** Serves with this certificate; without pins every connection is ignored. */
  serve(keyCert: KeyCert, pins: readonly Pin[]): void {
    this.pins = pins;
    this.secure = tls.createServer({
      cert: readCertificate(keyCert).toString(),
      key: keyCert.key,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      handshakeTimeout: 5_000,
    });
    this.secure.on('secureConnection', (socket) => void answerConsumer(socket, this.pins, this.context));
    this.secure.on('tlsClientError', (error) => {
      const broken =
        'code' in error && error.code !== 'ECONNRESET' && error.code !== 'ERR_TLS_HANDSHAKE_TIMEOUT';
      const err = broken
        ? 'Custom { kind: InvalidData, error: InvalidMessage(InvalidContentType) }'
        : words.eof;
      this.context.log.error(words.tlsSetup, [['err', err]]);
    });
    const waiting = this.held ?? [];
    this.held = undefined;
    for (const connection of waiting) {
      const socket = connection.release();
      if (socket || this.pins.length === 0) this.take(socket ?? connection.socket);
      else this.context.log.error(words.tlsSetup, [['err', words.eof]]);
    }
  }

  close(): void {
    this.accept.close();
    for (const { socket } of this.held ?? []) socket.destroy();
  }

  private take(socket: net.Socket): void {
    if (this.pins.length === 0) {
      const peer = printAddress({ host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 });
      this.context.log.warn(`Ignoring connection from ${peer} as replication is not configured correctly.`);
      this.context.log.warn(
        'This is because you have not configured this server with trusted partner certificates.',
      );
      socket.destroy();
      return;
    }
    this.secure?.emit('connection', socket);
  }
}

/** A connection nobody serves yet: what the client says is kept, and whether it went away. */
class HeldConnection {
  private readonly said: Buffer[] = [];
  private left = false;
  private readonly keep = (chunk: Buffer) => void this.said.push(chunk);
  private readonly leave = () => {
    this.left = true;
    this.socket.destroy();
  };

  constructor(readonly socket: net.Socket) {
    socket.on('data', this.keep).on('end', this.leave).on('close', this.leave);
  }

  /** The socket as if nothing had been read from it, or undefined when the client is gone. */
  release(): net.Socket | undefined {
    if (this.left) return undefined;
    this.socket.pause();
    this.socket.off('data', this.keep).off('end', this.leave).off('close', this.leave);
    if (this.said.length > 0) this.socket.unshift(Buffer.concat(this.said));
    return this.socket;
  }
}
