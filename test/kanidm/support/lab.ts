import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { makeNetwork, startEngine, type TestEngine } from '../../real/docker/support/engine';
import type { Given } from './given';
import { provideImage, type RealImage } from './image';

const runFile = promisify(execFile);

/** An engine of the test's own with one real Kanidm in it, and a network for its servers. */
export interface Lab {
  readonly engine: TestEngine;
  readonly kanidm: RealImage;
  readonly network: string;
  /** An address of the network that nobody has. */
  address(): string;
  /** Docker's own client, as `engine.docker`, while other tests go on. */
  docker(...args: string[]): Promise<string>;
  /** Another real Kanidm in the same engine. */
  provide(given: Given): RealImage;
  close(): Promise<void>;
}

/** Starts it; with `given` as the Kanidm that `kanidm` is. */
export async function startLab(given: Given): Promise<Lab> {
  const engine = await startEngine();
  try {
    const network = 'kanidm';
    const prefix = makeNetwork(engine, network);
    let last = 9;
    return {
      engine,
      network,
      kanidm: provideImage(engine, given),
      address: () => `${prefix}.${++last}`,
      docker: async (...args) => {
        const argv = ['--host', engine.endpoint, ...args];
        const env = { PATH: process.env['PATH'], HOME: engine.folder };
        return (await runFile('docker', argv, { env, maxBuffer: 64 * 1024 * 1024 })).stdout.trim();
      },
      provide: (other) => provideImage(engine, other),
      close: () => engine.close(),
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** Waits until something is so; fails after `limitMs` with what `why` says. */
export async function until(
  condition: () => Promise<boolean>,
  why: () => string | Promise<string>,
  limitMs = 90_000,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(await why());
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
