import { fork } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import type { DeployOutcome } from '../../../shared/plan/model/deploy';
import type { Problem } from '../../../shared/base/problem';
import type { ChildOrder, Wish } from './fault';

/** How a broken deploy ended. */
export interface BrokenEnd {
  readonly end: DeployOutcome | 'killed';
  readonly fired: boolean;
  readonly problems: readonly Problem[];
}

const LIMIT_MS = 240_000;

/** Bundles the program that deploys and is broken into one file in a new temporary folder. @returns the file. */
export async function bundleChild(): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'kl-child-')), 'child.cjs');
  const bundle = await rolldown({
    input: fileURLToPath(new URL('child.ts', import.meta.url)),
    platform: 'node',
    logLevel: 'silent',
    external: ['cpu-features', /\.node$/],
  });
  await bundle.write({ file, format: 'cjs', codeSplitting: false });
  await bundle.close();
  return file;
}

/** Deploys in a program of its own, which is broken as told. @param grant does to the world what the fault needs done. */
export function deployBroken(
  program: string,
  order: ChildOrder,
  grant: (wish: Wish) => Promise<void>,
): Promise<BrokenEnd> {
  const child = fork(program, [JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  return new Promise((resolve, reject) => {
    let end: BrokenEnd | null = null;
    const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    child.on('message', (message: Wish | BrokenEnd) => {
      if ('end' in message) end = message;
      else void grant(message).then(() => child.connected && child.send({}));
    });
    child.on('exit', (code, signal) => {
      clearTimeout(limit);
      if (end !== null) resolve(end);
      else if (signal === 'SIGKILL') resolve({ end: 'killed', fired: true, problems: [] });
      else reject(new Error(`the deploying program ended with ${code ?? signal ?? ''}: ${said}`));
    });
  });
}
