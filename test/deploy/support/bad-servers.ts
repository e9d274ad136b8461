import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { makeSshKey } from '../../../practice/host/keys';

/** Servers that are silent, refuse, lie or flood, on this machine, as entries of a fleet file. */
export interface BadServers {
  /** `[[server]]` tables. */
  readonly tables: string;
  readonly ids: readonly string[];
  /** Logins that were tried at the one that refuses them all. */
  readonly logins: () => number;
  /** Connections that are open now, by server. */
  open(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

const FLOOD = Buffer.alloc(64 * 1024, '{"a":[');

/** Writes without an end, as fast as it is taken; sparing of the processor, for it is to last ten minutes. */
function flood(stream: NodeJS.WritableStream & { readonly destroyed?: boolean }): void {
  const timer = setInterval(() => {
    if (stream.destroyed) clearInterval(timer);
    else if (stream.write(FLOOD) === false) clearInterval(timer);
  }, 5);
  stream.on('drain', () => flood(stream));
  for (const end of ['close', 'error', 'finish']) stream.on(end, () => clearInterval(timer));
}

const NESTED = `${'['.repeat(200_000)}\n`;
const LIES = [Buffer.from(NESTED), randomBytes(20_000), Buffer.from('{}\nnull\n<html>\n'), Buffer.from('')];

/** An SSH server that lets everybody in, and does with each command what `answer` says. */
function sshServer(
  answer: (channel: ssh2.ServerChannel) => void,
  admit = true,
  tried: () => void = () => undefined,
) {
  return new ssh2.Server({ hostKeys: [makeSshKey('host').privateKey] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      if (admit) return context.accept();
      if (context.method === 'none') tried();
      return context.reject(['publickey']);
    });
    client.on('session', (accept) => {
      const session = accept();
      session.on('exec', (accepted) => {
        const channel = accepted();
        channel.on('error', () => undefined);
        answer(channel);
      });
      session.on('sftp', (_accepted, reject) => reject());
    });
  });
}

export async function startBadServers(): Promise<BadServers> {
  const folder = await mkdtemp(join(tmpdir(), 'kl-bad-'));
  const sockets = new Set<Socket>();
  const servers: Pick<Server, 'close' | 'getConnections'>[] = [];
  const ids: string[] = [];
  const tables: string[] = [];
  let logins = 0;
  let lie = 0;
  const nextLie = () => LIES[(lie += 1) % LIES.length] ?? Buffer.from('');

  const listen = (server: Server | ssh2.Server, at: string | 0): Promise<number> =>
    new Promise((resolve, reject) => {
      servers.push(server as Server);
      server.on('error', reject);
      const done = () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null && 'port' in address ? address.port : 0);
      };
      if (at === 0) server.listen(0, '127.0.0.1', done);
      else (server as Server).listen(at, done);
    });
  const tcp = (connected: (socket: Socket) => void): Server =>
    createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      // Reads, so that it hears when the other side hangs up: what stays open is Kanilink's.
      socket.resume();
      connected(socket);
    });
  const overSsh = (id: string, port: number) => {
    ids.push(id);
    tables.push(
      `[[server]]\nid = "${id}"\nconnect = "ssh"\nendpoint = "ssh://ada@127.0.0.1:${port}"\nidentity = "id_ed25519"\nknown_hosts = "known_hosts"\norigin = "repl://${id}.example.com:8444"`,
    );
  };
  const docker = async (id: string, connected: (socket: Socket) => void) => {
    const path = join(folder, `${id}.sock`);
    await listen(tcp(connected), path);
    ids.push(id);
    tables.push(
      `[[server]]\nid = "${id}"\nconnect = "docker"\nendpoint = "unix://${path}"\ncontainer = "${id}"\norigin = "repl://${id}.example.com:8444"`,
    );
  };

  overSsh(
    'silent-ssh',
    await listen(
      tcp(() => undefined),
      0,
    ),
  );
  const gone = tcp(() => undefined);
  const port = await listen(gone, 0);
  await new Promise((resolve) => gone.close(resolve));
  servers.splice(servers.indexOf(gone), 1);
  overSsh('refusing-tcp', port);
  overSsh('flooding-tcp', await listen(tcp(flood), 0));
  overSsh(
    'refusing-ssh',
    await listen(
      sshServer(
        () => undefined,
        false,
        () => void (logins += 1),
      ),
      0,
    ),
  );
  overSsh(
    'lying-ssh',
    await listen(
      sshServer((channel) => {
        channel.write(nextLie());
        channel.exit(0);
        channel.end();
      }),
      0,
    ),
  );
  overSsh('flooding-ssh', await listen(sshServer(flood), 0));
  overSsh(
    'dumb-ssh',
    await listen(
      sshServer(() => undefined),
      0,
    ),
  );
  await docker('silent-docker', () => undefined);
  await docker('lying-docker', (socket) =>
    socket.on('data', () => {
      const body = ['{}', 'null', '[]', '<html></html>', NESTED, '{"Config":7}'][(lie += 1) % 6] ?? '';
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    }),
  );
  await docker('flooding-docker', (socket) =>
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n');
      flood(socket);
    }),
  );
  return {
    tables: tables.join('\n\n'),
    ids,
    logins: () => logins,
    open: async () => {
      const counts = servers.map(
        (server) =>
          new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count))),
      );
      const open = await Promise.all(counts);
      // The one that refuses TCP listens no more.
      const listening = ids.filter((id) => id !== 'refusing-tcp');
      return Object.fromEntries(listening.map((id, index) => [id, open[index] ?? 0]));
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      for (const server of servers) server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
