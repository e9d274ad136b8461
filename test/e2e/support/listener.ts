import { createServer } from 'node:net';

/** Something that listens on this computer, ends every connection, and counts them. */
export interface Listener {
  readonly port: number;
  /** Connections that anybody made to it. */
  readonly dialled: number;
  close(): void;
}

export async function startListener(): Promise<Listener> {
  let dialled = 0;
  const server = createServer((socket) => {
    dialled += 1;
    socket.destroy();
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
    close: () => void server.close(),
  };
}
