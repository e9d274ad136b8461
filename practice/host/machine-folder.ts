import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTlsCertificate } from './certificates';
import { UNIT_FILE_FOLDER } from './commands/systemctl-show';
import { serverToml, type ServerTomlFacts } from './server-toml';

/** A unix socket's path can be no longer (sun_path in unix(7), without the zero at its end; macOS has 103). */
const LONGEST_SOCKET_PATH = process.platform === 'darwin' ? 103 : 107;

/** A copy of server.toml is tested in a folder beside the database, with an admin socket of its own. */
const ROOM_FOR_A_TEST = '.kanilink-0123456789ab/sock';

/**
 * Makes a machine's folder as a package and an operator would have left a server: config, certificate, empty database folder,
 * unit file. A server.toml that is there already stays.
 *
 * @param style see {@link serverToml}.
 * @returns where the config lies.
 * @throws when the folder's path is too long for the admin socket in it.
 */
export async function makeMachineFolder(facts: ServerTomlFacts, style: number): Promise<string> {
  const { folder } = facts;
  const socket = join(folder, 'var/lib/kanidm', ROOM_FOR_A_TEST);
  if (Buffer.byteLength(socket) > LONGEST_SOCKET_PATH) {
    throw new Error(
      `The admin socket of a test beside the database, as ${socket}, would have a path of more than ${LONGEST_SOCKET_PATH} bytes, ` +
        'which no system allows. Choose a practice folder with a shorter path (TMPDIR).',
    );
  }
  const folders = [
    'etc/kanidm',
    'var/lib/kanidm/backups',
    'var/log/journal',
    'run/kanidmd',
    'run/lock',
    UNIT_FILE_FOLDER,
  ];
  for (const name of folders) await mkdir(join(folder, name), { recursive: true });
  await chmod(join(folder, 'var/lib/kanidm'), 0o750);
  const config = join(folder, 'etc/kanidm/server.toml');
  if (!existsSync(config)) {
    const { chain, key } = await makeTlsCertificate([facts.domain, `${facts.id}.localhost`]);
    await writeFile(join(folder, 'etc/kanidm/chain.pem'), chain, { mode: 0o644 });
    await writeFile(join(folder, 'etc/kanidm/key.pem'), key, { mode: 0o640 });
    await writeFile(config, serverToml(facts, style), { mode: 0o640 });
  }
  await writeFile(join(folder, UNIT_FILE_FOLDER, 'kanidmd.service'), unitFile(config));
  return config;
}

/** What the supervisor in `unit.ts` does, written down as a unit file would say it. */
function unitFile(config: string): string {
  return `[Unit]
Description=Kanidm, the IDM for rustaceans
After=network-online.target
Wants=network-online.target

[Service]
Type=notify
ExecStart=/usr/sbin/kanidmd server -c ${config}

[Install]
WantedBy=multi-user.target
`;
}
