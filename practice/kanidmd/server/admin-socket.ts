import { once } from 'node:events';
import { chmodSync, renameSync, rmSync } from 'node:fs';
import net from 'node:net';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { adminRequestSchema, type AdminAnswer, type AdminAsk } from '../admin-protocol';

/**
 * Opens the admin socket. **Whatever socket lies there is replaced**, also that of a running server: that is how a
 * plain `configtest` takes it over (measured). The file stays when the program ends, and then refuses connections.
 * @param handle answers one request.
 */
export async function openAdminSocket(
  path: string,
  handle: (ask: AdminAsk, pid: number) => Promise<AdminAnswer>,
): Promise<net.Server> {
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    const lines = createInterface({ input: socket });
    // The interface says its input's errors again: unheard, a client that was killed would end the server.
    lines.on('error', () => undefined);
    lines.on('line', (line) => {
      void answer(line, handle).then((text) => socket.end(`${text}\n`));
    });
  });
  // Bound under another name first: Node removes the name it bound to when it closes, the real one leaves it.
  // No longer than the real one, or a path that has just room enough would have none for it.
  const first = join(dirname(path), process.pid.toString(36).slice(-basename(path).length));
  rmSync(first, { force: true });
  server.listen(first);
  await once(server, 'listening');
  chmodSync(first, 0o750);
  renameSync(first, path);
  return server;
}

async function answer(
  line: string,
  handle: (ask: AdminAsk, pid: number) => Promise<AdminAnswer>,
): Promise<string> {
  const refused: AdminAnswer = { answer: 'error' };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return JSON.stringify(refused);
  }
  const request = adminRequestSchema.safeParse(value);
  return JSON.stringify(request.success ? await handle(request.data.ask, request.data.pid) : refused);
}
