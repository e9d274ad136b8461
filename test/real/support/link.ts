import { connect, createServer, type Server, type Socket } from 'node:net';

/** A stretch of network between a client and a server, which a test may make long or break. */
export interface Link {
  /** Of a TCP link. */
  readonly port: number;
  /** Breaks every connection in it, towards both sides and without a word; new ones are let through. */
  cut(): void;
  /** From now on every byte takes this long, in each direction. Milliseconds. */
  delay(ms: number): void;
  /** Lets nothing through any more, and says nothing about it, until it is cut. */
  freeze(): void;
  /** How many connections were made through it. */
  readonly made: number;
  close(): Promise<void>;
}

/** Where a link leads, or where it begins: a TCP port of 127.0.0.1 (0: any), or a socket's path. */
export type End = number | string;

/** Starts a link from one end to another. */
export async function startLink(to: End, from: End = 0): Promise<Link> {
  const open = new Set<Socket>();
  let made = 0;
  let wait = 0;
  let frozen = false;
  const later = (work: () => void) => (wait === 0 ? work() : void setTimeout(work, wait));
  const server: Server = createServer({ allowHalfOpen: true }, (client) => {
    made++;
    const upstream =
      typeof to === 'number'
        ? connect({ host: '127.0.0.1', port: to, allowHalfOpen: true })
        : connect({ path: to, allowHalfOpen: true });
    const pass = (source: Socket, sink: Socket) => {
      open.add(source);
      source.on('data', (chunk) => {
        if (!frozen) later(() => void sink.write(chunk));
      });
      source.on('end', () => later(() => void sink.end()));
      source.on('error', () => sink.destroy());
      source.on('close', () => {
        open.delete(source);
        if (source.errored) sink.destroy();
      });
    };
    pass(client, upstream);
    pass(upstream, client);
  });
  await new Promise<void>((resolve) => {
    if (typeof from === 'number') server.listen(from, '127.0.0.1', resolve);
    else server.listen(from, resolve);
  });
  const address = server.address();
  const cut = () => {
    frozen = false;
    for (const socket of open) socket.destroy();
  };
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    cut,
    delay: (ms) => (wait = ms),
    freeze: () => (frozen = true),
    get made() {
      return made;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}
