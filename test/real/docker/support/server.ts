import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTlsCertificate } from '../../../../practice/host/certificates';
import { PRACTICE_DOMAIN } from '../../../../practice/host/fleet';
import { freePort, until } from '../../../ssh/sshd';
import type { TestEngine } from './engine';

export const IMAGE = 'kanidm/server:1.10.5';

/** A practice server in a container: where its folder is and what it listens on. */
export interface TestServer {
  readonly name: string;
  /** The host's folder that is /data. */
  readonly folder: string;
  readonly httpsPort: number;
  readonly replicationPort: number;
  readonly origin: string;
}

/** Prepares a folder that becomes /data: server.toml and the web certificate. */
export async function prepareServer(
  parent: string,
  name: string,
  options: { readonly replication?: boolean; readonly uid?: number; readonly mode?: number } = {},
): Promise<TestServer> {
  const folder = join(parent, name);
  mkdirSync(folder, { mode: 0o750 });
  const [httpsPort, replicationPort] = [await freePort(), await freePort()];
  const { chain, key } = await makeTlsCertificate([`${name}.localhost`]);
  const origin = `repl://${name}.localhost:${replicationPort}`;
  writeFileSync(join(folder, 'chain.pem'), chain);
  writeFileSync(join(folder, 'key.pem'), key);
  writeFileSync(
    join(folder, 'server.toml'),
    `# ${name}, made by hand
version = "2"
bindaddress = "127.0.0.1:${httpsPort}"
db_path = "/data/kanidm.db"
adminbindpath = "/data/kanidmd.sock"
tls_chain = "/data/chain.pem"
tls_key = "/data/key.pem"
domain = "${PRACTICE_DOMAIN}"
origin = "https://${PRACTICE_DOMAIN}"
${
  options.replication === true
    ? `
[replication]
origin = "${origin}"
bindaddress = "127.0.0.1:${replicationPort}"
task_poll_interval = 2
`
    : ''
}`,
  );
  const uid = options.uid ?? 0;
  for (const file of ['chain.pem', 'key.pem', 'server.toml']) chownSync(join(folder, file), uid, uid);
  chownSync(folder, uid, uid);
  chmodSync(join(folder, 'server.toml'), options.mode ?? 0o640);
  return { name, folder, httpsPort, replicationPort, origin };
}

/** Starts its container on the host's network; `more` are further arguments of `docker run`. */
export function runServer(
  engine: TestEngine,
  server: TestServer,
  more: readonly string[] = [],
  image = IMAGE,
): void {
  engine.docker(
    ...['run', '--detach', '--name', server.name, '--network', 'host', '--restart', 'unless-stopped'],
    ...['--volume', `${server.folder}:/data`, ...more, image],
  );
}

/** Waits until the server in a container answers commands. */
export async function untilUp(engine: TestEngine, name: string): Promise<void> {
  let said = '';
  await until(
    () => {
      try {
        said = engine.docker(
          'exec',
          name,
          '/bin/node',
          '/kanidmd.cjs',
          'domain',
          'show',
          '-c',
          '/data/server.toml',
        );
        return said.includes('domain_uuid');
      } catch (error) {
        said = String(error);
        return false;
      }
    },
    () => `${name} did not come up: ${said}\n${engine.docker('logs', name)}`,
  );
}
