import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bundleKanidmd } from '../../../../practice/kanidmd/conformance/bundle';
import type { TestEngine } from './engine';

/** The command of the image, as the container's own. */
export const COMMAND = ['server', '-c', '/data/server.toml'];
export const ENTRYPOINT = ['/bin/node', '/kanidmd.cjs'];

/**
 * Makes a root file system that holds the practice kanidmd and nothing else: a node with its libraries, no shell, no
 * tools, as the real image is `FROM scratch`. @returns the folder of its tar; the caller removes it.
 */
export async function makeRootFs(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'kanilink-rootfs-'));
  const root = join(folder, 'root');
  mkdirSync(root);
  const program = await bundleKanidmd();
  const put = (from: string, to: string) => {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    cpSync(from, join(root, to), { dereference: true });
  };
  put(process.execPath, '/bin/node');
  put(program, '/kanidmd.cjs');
  for (const library of librariesOf(process.execPath)) put(library, library);
  mkdirSync(join(root, 'tmp'), { mode: 0o1777 });
  mkdirSync(join(root, 'data'));
  execFileSync('tar', ['-C', root, '-cf', join(folder, 'rootfs.tar'), '.']);
  rmSync(root, { recursive: true });
  rmSync(dirname(program), { recursive: true });
  return folder;
}

/**
 * As the official image has one; its first check comes so late that the container is `starting` as long as a test runs:
 * whoever waits for it never ends.
 */
export const HEALTHCHECK =
  'HEALTHCHECK --interval=3600s --timeout=10s --start-period=60s CMD ["/bin/node", "/kanidmd.cjs", "domain", "show", "-c", "/data/server.toml"]';

/** Imports it under a name, with the command and the pace of the practice server; `changes` are further instructions. */
export function importImage(
  engine: Pick<TestEngine, 'docker'>,
  rootFs: string,
  name = 'kanidm/server:1.10.5',
  changes: readonly string[] = [],
): void {
  engine.docker(
    'import',
    ...['--change', `ENTRYPOINT ${JSON.stringify(ENTRYPOINT)}`, '--change', `CMD ${JSON.stringify(COMMAND)}`],
    ...['--change', 'ENV PRACTICE_SPEED=10', '--change', 'ENV PRACTICE_VERSION=1.10.5'],
    ...changes.flatMap((change) => ['--change', change]),
    join(rootFs, 'rootfs.tar'),
    name,
  );
}

/** The shared libraries a program is linked with. */
export function librariesOf(program: string): string[] {
  const text = execFileSync('ldd', [program], { encoding: 'utf8' });
  return [...text.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map((match) => match[1] ?? '').filter(Boolean);
}
