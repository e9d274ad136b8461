import { createServer, type Server as TcpServer, type Socket } from 'node:net';
import ssh2, { type Server } from 'ssh2';
import type { MachineParts } from '../commands/command';
import type { Faults } from '../faults';
import { makeSshKey, type SshKey } from '../keys';
import { authenticate, type LoginRules } from './authentication';
import { forward } from './forward';
import { serveSession } from './session';

/**
 * A machine's SSH server on 127.0.0.1. The TCP side is our own and hands each connection to ssh2, so that a test can change
 * the host key, freeze the machine or cut its connections while the port stays the same.
 */
export class SshServer {
  readonly #name: string;
  readonly #rules: LoginRules;
  readonly #machine: MachineParts;
  readonly #faults: Faults;
  readonly #tcp: TcpServer;
  readonly #sockets = new Set<Socket>();
  /** Connections taken while frozen, not handed over yet. */
  #waiting: Socket[] = [];
  #frozen = false;
  #hostKey: SshKey;
  #ssh: Server;

  readonly #forwards: readonly number[];

  /** @param forwards ports of the machine that a login may connect to (`direct-tcpip`). */
  constructor(
    name: string,
    rules: LoginRules,
    machine: MachineParts,
    faults: Faults,
    forwards: readonly number[],
  ) {
    this.#forwards = forwards;
    this.#name = name;
    this.#rules = rules;
    this.#machine = machine;
    this.#faults = faults;
    this.#hostKey = makeSshKey(name);
    this.#ssh = this.#makeServer();
    this.#tcp = createServer((socket) => this.#take(socket));
  }

  get hostKey(): SshKey {
    return this.#hostKey;
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#tcp.once('error', reject);
      this.#tcp.listen({ host: '127.0.0.1', port }, () => resolve());
    });
  }

  /** From now on new connections see another host key. Returns its fingerprint. */
  changeHostKey(): string {
    this.#hostKey = makeSshKey(this.#name);
    this.#ssh = this.#makeServer();
    return this.#hostKey.fingerprint;
  }

  /** Ends every connection without a word, as a pulled cable with a reset does. */
  cutConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Connections are still taken, and then nothing is answered any more, on old ones too. */
  freeze(): void {
    this.#frozen = true;
    for (const socket of this.#sockets) {
      socket.pause();
      socket.cork();
    }
  }

  thaw(): void {
    this.#frozen = false;
    for (const socket of this.#sockets) {
      socket.uncork();
      socket.resume();
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const socket of waiting) this.#ssh.injectSocket(socket);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#tcp.close(() => resolve());
    });
    this.cutConnections();
    await closed;
  }

  #take(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#waiting = this.#waiting.filter((other) => other !== socket);
    });
    if (this.#frozen) this.#waiting.push(socket);
    else this.#ssh.injectSocket(socket);
  }

  #makeServer(): Server {
    const server = new ssh2.Server({ hostKeys: [this.#hostKey.privateKey], ident: 'Kanilink-practice' });
    server.on('connection', (client) => {
      client.on('error', () => undefined);
      // Every open channel waits for the client's end.
      client.setMaxListeners(0);
      authenticate(client, this.#rules);
      client.on('tcpip', (accept, reject, to) => forward(accept, reject, to, this.#forwards));
      client.on('session', (accept) => serveSession(accept(), client, this.#machine, this.#faults));
    });
    return server;
  }
}
