import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestEngine } from '../../real/docker/support/engine';
import type { Given } from './given';

/** A real Kanidm as an image of the test's engine. */
export interface RealImage {
  readonly image: string;
  /** What it says it is: `1.10.5`. */
  readonly version: string;
  /** The program inside. */
  readonly program: string;
  /** False: the image was made of a program alone, so it has no files for the web pages. */
  readonly hasPages: boolean;
}

/** As the official image has it. Engines before 25 know no start interval, and this is written for all. */
const HEALTHCHECK = '--interval=60s --timeout=10s --start-period=60s --retries=3';

let imported = 0;

/**
 * Makes an image of a given program, or copies a given image out of the person's engine, which is only read.
 * @throws Error when the program does not run, or the engine has no such image.
 */
export function provideImage(engine: Pick<TestEngine, 'docker' | 'endpoint'>, given: Given): RealImage {
  const image = given.kind === 'image' ? given.name : `kanilink-test/kanidm:${++imported}`;
  if (given.kind === 'image') copyImage(engine, given.name);
  else importProgram(engine, given.path, image);
  const program = programOf(engine, image);
  const said = engine.docker('run', '--rm', '--network', 'none', '--entrypoint', program, image, 'version');
  const version = /kanidmd (\d+\.\d+\.\d+\S*)/.exec(said)?.[1];
  if (version === undefined) throw new Error(`${given.name} does not say its version:\n${said}`);
  return { image, version, program, hasPages: given.kind === 'image' };
}

/**
 * A root file system of the program and its libraries, no shell and no tools, as the official image is `FROM scratch`.
 */
function importProgram({ docker }: Pick<TestEngine, 'docker'>, path: string, image: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'kanilink-kanidm-'));
  try {
    const root = join(folder, 'root');
    mkdirSync(join(root, 'data'), { recursive: true });
    for (const [from, to] of [
      [path, '/sbin/kanidmd'] as const,
      ...librariesOf(path).map((it) => [it, it] as const),
    ]) {
      mkdirSync(dirname(join(root, to)), { recursive: true });
      cpSync(from, join(root, to), { dereference: true });
    }
    const tar = join(folder, 'rootfs.tar');
    execFileSync('tar', ['-C', root, '-cf', tar, '.']);
    const said = execFileSync(path, ['version'], { encoding: 'utf8' });
    const [major = 0, minor = 0] = (/(\d+)\.(\d+)\./.exec(said) ?? []).slice(1).map(Number);
    const check = major > 1 || minor >= 9 ? ['scripting', 'healthcheck'] : ['healthcheck'];
    const config = ['-c', '/data/server.toml'];
    const changes = [
      `CMD ${JSON.stringify(['/sbin/kanidmd', 'server', ...config])}`,
      `HEALTHCHECK ${HEALTHCHECK} CMD ${JSON.stringify(['/sbin/kanidmd', ...check, ...config])}`,
      'WORKDIR /data',
      'EXPOSE 8443 3636',
    ];
    docker('import', ...changes.flatMap((change) => ['--change', change]), tar, image);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The shared libraries a program names, as the dynamic linker finds them here. */
export function librariesOf(program: string): string[] {
  const text = execFileSync('ldd', [program], { encoding: 'utf8' });
  return [...text.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map((match) => match[1] ?? '').filter(Boolean);
}

function copyImage({ endpoint }: Pick<TestEngine, 'endpoint'>, name: string): void {
  const script = 'set -e; docker image save "$1" | docker --host "$2" image load';
  execFileSync('/bin/bash', ['-o', 'pipefail', '-c', script, 'bash', name, endpoint], { stdio: 'pipe' });
}

/** The first word of what the image runs. */
function programOf({ docker }: Pick<TestEngine, 'docker'>, image: string): string {
  const config = JSON.parse(docker('image', 'inspect', '--format', '{{json .Config}}', image)) as {
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
  };
  const [program] = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  if (program === undefined) throw new Error(`${image} does not say what it runs`);
  return program;
}
