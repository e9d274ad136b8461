import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { until } from '../../../ssh/sshd';

const DOCKERD = ['/usr/sbin/dockerd', '/usr/bin/dockerd'].find((path) => existsSync(path)) ?? null;

/** Why the suite cannot run here; null: it can. */
export const missing: string | null =
  DOCKERD === null
    ? 'dockerd is missing: apt-get install docker.io iptables'
    : userInfo().uid !== 0
      ? 'a Docker Engine is started as root'
      : null;
if (missing !== null) process.stderr.write(`skipped: test/real/docker: ${missing}\n`);

/** A real Docker Engine of the test's own. */
export interface TestEngine {
  readonly folder: string;
  readonly socket: string;
  /** `unix://…` of its socket. */
  readonly endpoint: string;
  /** Docker's own client, for what a person would do by hand. */
  docker(...args: string[]): string;
  /** Ends the engine as systemd would, and starts it again with its data. Containers end with it. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and takes everything away. */
  close(): Promise<void>;
}

/** Makes a network with a /24 of its own that this machine has no other route to. @returns its first three numbers. */
export function makeNetwork({ docker }: Pick<TestEngine, 'docker'>, name: string): string {
  const routes = execFileSync('ip', ['route'], { encoding: 'utf8' });
  const free = Array.from({ length: 256 }, (_, index) => `172.30.${index}`).find(
    (prefix) => !routes.includes(`${prefix}.`),
  );
  if (free === undefined) throw new Error('no free network');
  docker('network', 'create', '--subnet', `${free}.0/24`, name);
  return free;
}

/** Starts dockerd with a data folder of its own; `more` are further arguments. */
export async function startEngine(more: readonly string[] = []): Promise<TestEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'kanilink-engine-'));
  const socket = join(folder, 'docker.sock');
  let child: ChildProcess | null = null;
  const log = () => (existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : '');
  const docker = (...args: string[]): string =>
    execFileSync('docker', ['-H', `unix://${socket}`, ...args], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      env: { PATH: process.env['PATH'], HOME: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  const engine: TestEngine = {
    folder,
    socket,
    endpoint: `unix://${socket}`,
    docker,
    start: async () => {
      mkdirSync(join(folder, 'data'), { recursive: true });
      writeFileSync(join(folder, 'log'), '');
      rmSync(join(folder, 'pid'), { force: true });
      const argv = [
        ...['--host', `unix://${socket}`, '--data-root', join(folder, 'data')],
        ...['--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')],
        // Containers use the host's network, 127.0.0.1, or one the test makes: the default bridge belongs to the machine.
        ...['--bridge', 'none', '--config-file', join(folder, 'daemon.json')],
        ...more,
      ];
      writeFileSync(join(folder, 'daemon.json'), '{}');
      const into = join(folder, 'log');
      const shell = 'out="$1"; shift; exec "$@" >"$out" 2>&1';
      child = spawn('/bin/sh', ['-c', shell, 'sh', into, DOCKERD ?? 'dockerd', ...argv], { stdio: 'ignore' });
      await until(
        () => /API listen on/.test(log()),
        () => `dockerd did not start:\n${log().slice(-3000)}`,
      );
    },
    stop: async () => {
      const running = child;
      child = null;
      if (running === null || running.exitCode !== null || running.signalCode !== null) return;
      const gone = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGTERM');
      await gone;
    },
    close: async () => {
      if (child !== null) {
        const left = docker('ps', '--all', '--quiet').split('\n').filter(Boolean);
        if (left.length > 0) docker('rm', '--force', ...left);
        // An engine that ends leaves its bridges, and with them routes that lead nowhere.
        docker('network', 'prune', '--force');
      }
      await engine.stop();
      // dockerd leaves the mount of its host network.
      const mounted = join(folder, 'exec', 'netns', 'default');
      if (existsSync(mounted)) execFileSync('umount', [mounted]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await engine.start();
  return engine;
}
