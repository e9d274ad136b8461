import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { until } from '../../../ssh/sshd';
import type { TestEngine } from './engine';

const PODMAN = '/usr/bin/podman';

/** Why Podman cannot be tested here; null: it can. */
export const podmanMissing: string | null = !existsSync(PODMAN)
  ? 'podman is missing: apt-get install podman'
  : userInfo().uid !== 0
    ? 'Podman is started as root'
    : null;
if (podmanMissing !== null) process.stderr.write(`skipped: test/real/docker on Podman: ${podmanMissing}\n`);

/** Starts Podman's API service with storage of its own; Docker's client speaks to it as to an engine. */
export async function startPodman(): Promise<TestEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'kanilink-podman-'));
  const socket = join(folder, 'podman.sock');
  const storage = [
    ...['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'overlay'],
    ...['--cgroup-manager', 'cgroupfs', '--events-backend', 'file'],
  ];
  // Podman raises limits by default, which a machine inside a container may not.
  const settings = join(folder, 'containers.conf');
  writeFileSync(settings, '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]\n');
  const env = { ...process.env, CONTAINERS_CONF: settings };
  let child: ChildProcess | null = null;
  const docker = (...args: string[]): string =>
    execFileSync('docker', ['-H', `unix://${socket}`, ...args], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  const engine: TestEngine = {
    folder,
    socket,
    endpoint: `unix://${socket}`,
    docker,
    start: async () => {
      child = spawn(PODMAN, [...storage, 'system', 'service', '--time', '0', `unix://${socket}`], {
        stdio: 'ignore',
        env,
      });
      await until(
        () => existsSync(socket),
        () => 'podman system service did not start',
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
      await engine.stop();
      execFileSync(PODMAN, [...storage, 'rm', '--all', '--force', '--time', '0'], { stdio: 'ignore' });
      execFileSync(PODMAN, [...storage, 'rmi', '--all', '--force'], { stdio: 'ignore' });
      const mounted = join(folder, 'root', 'overlay');
      if (existsSync(mounted)) spawnUmount(mounted);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await engine.start();
  return engine;
}

/** Podman mounts its storage folder onto itself and leaves that. */
function spawnUmount(path: string): void {
  try {
    execFileSync('umount', [path], { stdio: 'ignore' });
  } catch {
    // It was not mounted.
  }
}
