import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { makeSshKey } from '../../practice/host/keys';
import { freePort } from '../ssh/sshd';

/** An SSH server through which an engine's socket is reached by `docker system dial-stdio`, as `ssh://` has it. */
export interface SshEngine {
  /** `ssh://root@127.0.0.1:PORT` */
  readonly endpoint: string;
  /** A home folder whose key it takes, and whose known_hosts has its key. */
  readonly home: string;
  /** Logins so far, and sessions open now in all connections. */
  readonly seen: { logins: number; sessions: number };
  close(): Promise<void>;
}

/** @param maxSessions sessions in one connection, as sshd's MaxSessions. */
export async function startSshEngine(socket: string, maxSessions = 10): Promise<SshEngine> {
  const home = mkdtempSync(join(tmpdir(), 'kanilink-ssh-engine-'));
  mkdirSync(join(home, '.ssh'), { mode: 0o700 });
  const host = makeSshKey('host');
  const user = makeSshKey('user');
  const port = await freePort();
  writeFileSync(join(home, '.ssh', 'id_ed25519'), user.privateKey, { mode: 0o600 });
  writeFileSync(join(home, '.ssh', 'known_hosts'), `[127.0.0.1]:${port} ${host.publicKey}\n`);
  const seen = { logins: 0, sessions: 0 };
  const clients = new Set<ssh2.Connection>();
  const server = new ssh2.Server({ hostKeys: [host.privateKey] }, (client) => {
    clients.add(client);
    client.on('error', () => undefined).on('close', () => clients.delete(client));
    client.on('authentication', (ctx) =>
      ctx.method === 'publickey' ? ctx.accept() : ctx.reject(['publickey']),
    );
    client.on('ready', () => {
      seen.logins++;
      let here = 0;
      client.on('session', (accept, reject) => {
        if (here >= maxSessions) return void reject();
        here++;
        seen.sessions++;
        const session = accept();
        session.on('exec', (take, _refuse, { command }) => {
          const channel = take();
          channel.once('close', () => {
            here--;
            seen.sessions--;
          });
          channel.on('error', () => undefined);
          if (!command.includes('dial-stdio')) {
            channel.exit(127);
            channel.end();
            return;
          }
          const engine = connect(socket);
          engine.on('error', () => undefined);
          channel.pipe(engine).pipe(channel, { end: false });
          session.on('signal', () => engine.destroy());
          engine.once('close', () => {
            // What nobody reads any more must not keep the channel open.
            channel.unpipe().resume();
            channel.exit(0);
            channel.end();
          });
          channel.once('end', () => engine.end()).once('close', () => engine.destroy());
        });
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  return {
    endpoint: `ssh://root@127.0.0.1:${port}`,
    home,
    seen,
    close: async () => {
      for (const client of clients) client.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(home, { recursive: true, force: true });
    },
  };
}
