import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Prompter } from '../../electron/engine/connect/connection';
import type { SshTarget } from '../../electron/engine/connect/ssh/address/target';
import { writeFakes } from './fake-programs';

const SSHD = '/usr/sbin/sshd';

/** Why the suite cannot run here; null: it can. */
export const missing: string | null = !existsSync(SSHD)
  ? `${SSHD} is missing: apt-get install openssh-server`
  : userInfo().uid !== 0
    ? 'the tests start sshd as root, which gives them owners and modes to keep'
    : null;
if (missing !== null) process.stderr.write(`skipped: test/ssh: ${missing}\n`);

/** A real sshd on 127.0.0.1 with keys, programs and files of its own. */
export interface Sshd {
  readonly folder: string;
  readonly port: number;
  /** A home folder for the client's side: `.ssh` in it. */
  readonly home: string;
  /** The key that is let in, without a passphrase. */
  readonly key: string;
  /** Where the fake kanidmd, systemctl and journalctl keep their files. */
  readonly state: string;
  /** A `server.toml` in a folder of its own. */
  readonly config: string;
  target(more?: Partial<SshTarget>): SshTarget;
  /** Fingerprint of one of the host keys, as ssh-keygen prints it. */
  fingerprint(type: 'ed25519' | 'ecdsa' | 'rsa'): string;
  /** Writes the host's real keys (of these types) into the client's known_hosts. */
  trust(...types: ('ed25519' | 'ecdsa' | 'rsa')[]): void;
  /** Whoever logs in is not root but this uid, who needs sudo for root's rights. */
  loginIs(uid: number): void;
  /** Who runs the unit: a user of this machine's. */
  serviceRunsAs(user: string): void;
  /** Kills the server's side of every open connection. */
  cut(): void;
  log(): string;
  restart(extra?: SshdExtra): Promise<void>;
  stop(): Promise<void>;
}

/** What an sshd of the tests has besides. */
export interface SshdExtra {
  /** Lines that win over the rest of its configuration. */
  readonly lines?: string;
  /** What its sessions find in their environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts sshd. */
export async function startSshd(extra: SshdExtra = {}): Promise<Sshd> {
  mkdirSync('/run/sshd', { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), 'kanilink-sshd-'));
  const at = (...parts: string[]) => join(folder, ...parts);
  for (const path of ['home/.ssh', 'bin', 'state', 'etc', 'host'])
    mkdirSync(at(path), { recursive: true, mode: 0o700 });
  for (const type of ['ed25519', 'ecdsa', 'rsa'])
    keygen('-t', type, ...(type === 'rsa' ? ['-b', '2048'] : []), '-f', at('host', type));
  keygen('-t', 'ed25519', '-f', at('key'));
  writeFileSync(at('authorized_keys'), readFileSync(at('key.pub')));
  chmodSync(at('authorized_keys'), 0o600);
  writeFakes(at('bin'), at('state'), at('etc', 'server.toml'));
  writeFileSync(at('etc', 'server.toml'), '# first\ndomain = "example.com"\n');

  const port = await freePort();
  let child: ChildProcess | null = null;
  const log = () => (existsSync(at('log')) ? readFileSync(at('log'), 'utf8') : '');
  const start = async ({ lines = '', env = {} }: SshdExtra) => {
    writeFileSync(at('sshd_config'), `${lines}\n${configuration(folder, port, env)}`);
    rmSync(at('log'), { force: true });
    child = spawn(SSHD, ['-D', '-f', at('sshd_config'), '-E', at('log')], {
      stdio: 'ignore',
    });
    await until(
      () => /Server listening/.test(log()),
      () => `sshd did not start:\n${log()}`,
    );
  };
  const halt = async () => {
    const running = child;
    child = null;
    if (running === null || running.exitCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    await gone;
  };
  await start(extra);
  const sshd: Sshd = {
    folder,
    port,
    home: at('home'),
    key: at('key'),
    state: at('state'),
    config: at('etc', 'server.toml'),
    target: (more = {}) => ({
      id: 'idm-b',
      endpoint: `ssh://root@127.0.0.1:${port}`,
      service: 'kanidmd',
      sudo: false,
      kanidmd: 'kanidmd',
      config: at('etc', 'server.toml'),
      identity: at('key'),
      knownHosts: at('home', '.ssh', 'known_hosts'),
      home: at('home'),
      env: { USER: 'root' },
      ...more,
    }),
    fingerprint: (type) =>
      execFileSync('ssh-keygen', ['-lf', at('host', `${type}.pub`)], { encoding: 'utf8' }).split(' ')[1] ??
      '',
    trust: (...types) => {
      for (const type of types) {
        const [name, key] = readFileSync(at('host', `${type}.pub`), 'utf8').split(' ');
        appendFileSync(at('home', '.ssh', 'known_hosts'), `[127.0.0.1]:${port} ${name} ${key}\n`);
      }
    },
    loginIs: (uid) => writeFileSync(at('state', 'login.uid'), `${uid}\n`),
    serviceRunsAs: (user) => writeFileSync(at('state', 'unit.user'), `User=${user}\n`),
    cut: () => {
      for (const pid of descendants(child?.pid ?? 0)) kill(pid);
    },
    log,
    restart: async (more = extra) => {
      await halt();
      await start(more);
    },
    stop: async () => {
      const left = descendants(child?.pid ?? 0);
      await halt();
      left.forEach(kill);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return sshd;
}

/** A person who answers as told, and remembers what was asked. */
export function person(
  answers: { readonly accept?: boolean; readonly secrets?: readonly (string | null)[] } = {},
): Prompter & { readonly asked: string[] } {
  const asked: string[] = [];
  const secrets = [...(answers.secrets ?? [])];
  return {
    asked,
    acceptHostKey: async (question) => {
      asked.push(`host key ${question.host} ${question.keyType} ${question.fingerprint}`);
      return answers.accept ?? false;
    },
    secret: async (question) => {
      const { kind, subject, attempt, prompt, echo } = question;
      const words = prompt === undefined ? '' : ` ${prompt}${echo === true ? ' (seen)' : ''}`;
      asked.push(`${kind} ${subject} ${attempt}${words}`);
      return secrets.shift() ?? null;
    },
  };
}

/** A call that may take this long and that nobody cancels. */
export const call = (timeoutMs = 60_000) => ({ signal: new AbortController().signal, timeoutMs });

/** Waits until something is so; fails after ten seconds, or the time given, with what `why` says. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  why: () => string,
  limitMs = 10_000,
): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(why());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A port nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export const keygen = (...args: string[]): void => {
  execFileSync('ssh-keygen', ['-q', '-C', 'test', ...(args.includes('-N') ? [] : ['-N', '']), ...args]);
};

/** The first SetEnv counts alone (sshd_config(5)), so it has them all. */
const setEnv = (variables: Readonly<Record<string, string>>): string =>
  `SetEnv ${Object.entries(variables)
    .map(([name, value]) => `"${name}=${value}"`)
    .join(' ')}`;

/**
 * HOME keeps bash from running the .bashrc of whoever tests, which may take half a second, or never end after a session was
 * cut in it.
 */
const configuration = (folder: string, port: number, env: SshdExtra['env'] = {}): string => `
ListenAddress 127.0.0.1
Port ${port}
PidFile none
HostKey ${folder}/host/ed25519
HostKey ${folder}/host/ecdsa
HostKey ${folder}/host/rsa
AuthorizedKeysFile ${folder}/authorized_keys
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 100
LogLevel VERBOSE
Subsystem sftp internal-sftp
${setEnv({ PATH: `${folder}/bin:/usr/sbin:/usr/bin:/sbin:/bin`, ...env, HOME: `${folder}/home` })}
`;

function descendants(pid: number): number[] {
  if (pid === 0) return [];
  const children = (readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').match(/\d+/g) ?? []).map(
    Number,
  );
  return children.flatMap((child) => {
    try {
      return [child, ...descendants(child)];
    } catch {
      return [];
    }
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone already.
  }
}
