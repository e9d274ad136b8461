import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A balancer of TCP connections, as many stand before real servers: it hands each to the next server of its list. */
export interface Balancer {
  readonly port: number;
  /** Connections it has taken. */
  readonly taken: () => number;
  close(): Promise<void>;
}

/** Where a balancer sends connections: a port of 127.0.0.1, or of another address. */
type Behind = number | { readonly host: string; readonly port: number };

/** @param servers in turn; one that is named twice gets twice as many. */
export async function startBalancer(servers: readonly Behind[]): Promise<Balancer> {
  let taken = 0;
  const sockets = new Set<Socket>();
  const held = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const next = servers[taken % servers.length] ?? 0;
    taken += 1;
    const behind = held(connect(typeof next === 'number' ? { host: '127.0.0.1', port: next } : next));
    held(client).pipe(behind).pipe(client);
    client.once('close', () => behind.destroy());
    behind.once('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    taken: () => taken,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
