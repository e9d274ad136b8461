import { createServer, type Socket } from 'node:net';

/** Something that listens on this computer and counts who dials it. */
export interface Listener {
  readonly port: number;
  /** Connections that anybody made to it. */
  readonly dialled: number;
  close(): void;
}

/** @param does to every connection: ends it, or accepts it and never speaks */
export async function startListener(does: 'ends' | 'is silent' = 'ends'): Promise<Listener> {
  let dialled = 0;
  const held = new Set<Socket>();
  const server = createServer((socket) => {
    dialled += 1;
    if (does === 'ends') socket.destroy();
    else held.add(socket.on('error', () => undefined));
  });
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    }),
  );
  return {
    port,
    get dialled() {
      return dialled;
    },
    close: () => {
      for (const socket of held) socket.destroy();
      server.close();
    },
  };
}
