import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeTlsCertificate } from '../../../practice/host/certificates';
import { type Lab, until } from './lab';
import type { RealImage } from './image';
import type { Variant } from './variants';

/** A real server in a container. */
export interface RealServer {
  readonly container: string;
  /** Its name for the others and its address. */
  readonly host: string;
  readonly ip: string;
  /** /data, as the engine's host has it. */
  readonly data: string;
  /** server.toml, as the engine's host has it. */
  readonly toml: string;
  /** Its `[[server]]` lines in a fleet file, but for the id. */
  readonly fleetLines: readonly string[];
  /** Runs kanidmd in the container, as a person would. @returns both outputs. */
  kanidmd(...args: string[]): Promise<string>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Its HTTPS certificate is renewed on the disk; what runs is not told. */
  newCertificate(): Promise<void>;
  /** The stopped server's database is lost. */
  wipe(): void;
  /** Copies the stopped server's database away. @returns what puts the copy back. */
  copyData(): () => void;
  /** The container is made again, of this image, with the same data. */
  recreate(kanidm: RealImage): Promise<void>;
  log(): Promise<string>;
}

/** What a server is started with beside its variant. */
export interface Start {
  /** The addresses of all names it has to know, its own among them. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Further lines of server.toml, tables last. */
  readonly more?: string;
  /** False: nobody waits until it answers, for it may refuse to start. */
  readonly up?: boolean;
}

/** Where every server of these tests replicates. */
export const PORT = 8444;
/** Where its HTTPS listens. */
export const HTTPS_PORT = 8443;
/** The host of the public origin of all of them, and of a balancer on the computer that tests. */
const HTTPS_NAMES = ['example.com', 'localhost'];

/** Makes and starts a server of this variant; its replication is not configured, unless `more` does. */
export async function startServer(
  lab: Lab,
  variant: Variant,
  container: string,
  { hosts, more = '', up = true }: Start,
): Promise<RealServer> {
  const host = `${container}.example.com`;
  const ip = hosts[host] ?? '';
  const folder = join(lab.engine.folder, container);
  mkdirSync(folder);
  let data = join(folder, 'data');
  if (variant.store === 'volume') {
    await lab.docker('volume', 'create', container);
    data = await lab.docker('volume', 'inspect', '--format', '{{.Mountpoint}}', container);
  } else mkdirSync(data, { mode: 0o750 });
  const toml = join(variant.store === 'file' ? folder : data, 'server.toml');
  const write = (path: string, text: string): void => {
    writeFileSync(path, text);
    chmodSync(path, 0o640);
    chownSync(path, variant.uid, variant.uid);
  };
  const newCertificate = async (): Promise<void> => {
    const { chain, key } = await makeTlsCertificate([host, ...HTTPS_NAMES]);
    write(join(data, 'chain.pem'), chain);
    write(join(data, 'key.pem'), key);
  };
  await newCertificate();
  write(toml, `${serverToml(container, lab.kanidm)}${more}`);
  chownSync(data, variant.uid, variant.uid);

  const run = async (image: string): Promise<void> => {
    await lab.docker(
      ...[
        'run',
        '--detach',
        '--name',
        container,
        '--restart',
        'unless-stopped',
        '--network',
        lab.network,
        '--ip',
        ip,
      ],
      ...(variant.names === 'engine'
        ? ['--network-alias', host]
        : Object.entries(hosts).flatMap(([name, at]) => ['--add-host', `${name}:${at}`])),
      ...['--volume', `${variant.store === 'volume' ? container : data}:/data`],
      ...(variant.store === 'file' ? ['--volume', `${toml}:/data/server.toml`] : []),
      ...(variant.healthcheck ? [] : ['--no-healthcheck']),
      ...variant.run,
      image,
    );
  };
  const databases = () => readdirSync(data).filter((name) => name.startsWith('kanidm.db'));
  const server: RealServer = {
    ...{ container, host, ip, data, toml, newCertificate },
    fleetLines: [
      ...['connect = "docker"', `endpoint = "${lab.engine.endpoint}"`, `container = "${container}"`],
      ...[`origin = "repl://${host}:${PORT}"`, `bindaddress = "0.0.0.0:${PORT}"`],
    ],
    kanidmd: async (...args) => {
      const argv = ['exec', container, lab.kanidm.program, ...args, '-c', '/data/server.toml'];
      return lab.docker(...argv).catch((error: unknown) => String(error));
    },
    start: async () => {
      await lab.docker('start', container);
      await untilUp(server);
    },
    stop: async () => {
      await lab.docker('stop', container);
    },
    wipe: () => {
      for (const name of databases()) rmSync(join(data, name), { recursive: true });
    },
    copyData: () => {
      const copy = join(folder, 'copy');
      const names = databases();
      for (const name of names) cpSync(join(data, name), join(copy, name), { recursive: true });
      return () => {
        server.wipe();
        execFileSync('cp', ['-a', ...names.map((name) => join(copy, name)), data]);
        execFileSync('chown', [
          '-R',
          `${variant.uid}:${variant.uid}`,
          ...names.map((name) => join(data, name)),
        ]);
      };
    },
    recreate: async (kanidm) => {
      await lab.docker('rm', '--force', container);
      await run(kanidm.image);
      await untilUp(server);
    },
    log: () => lab.docker('logs', '--tail', '60', container),
  };
  await run(lab.kanidm.image);
  if (up) await untilUp(server);
  return server;
}

async function untilUp(server: RealServer): Promise<void> {
  let said = '';
  await until(
    async () => (said = await server.kanidmd('domain', 'show')).includes('domain_uuid'),
    async () => `${server.container} did not come up: ${said}\n${await server.log().catch(String)}`,
  );
}

/** Read whole: what a person wrote must still be there after a deploy. */
export const tomlOf = ({ toml }: RealServer): string => readFileSync(toml, 'utf8');

const serverToml = (name: string, { hasPages, version }: RealImage): string =>
  `# ${name}, made by hand
version = "2"
bindaddress = "0.0.0.0:${HTTPS_PORT}"
db_path = "/data/kanidm.db"
adminbindpath = "/data/kanidmd.sock"
tls_chain = "/data/chain.pem"
tls_key = "/data/key.pem"
domain = "example.com"
origin = "https://example.com"
${hasPages ? '' : 'role = "WriteReplicaNoUI"\n'}`.replace(/^version.*\n/m, olderThanV2(version) ? '' : '$&');

/** `version = "2"` is known from 1.6.3 on. */
function olderThanV2(version: string): boolean {
  const [, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return minor < 6 || (minor === 6 && patch < 3);
}
