import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Prompter, ServerConnection } from '../../../../electron/engine/connect/connection';
import { openDocker } from '../../../../electron/engine/connect/docker/open-docker';
import type { DockerTarget } from '../../../../electron/engine/connect/docker/api/target';
import { value } from '../../../support/results';
import { call, person } from '../../../ssh/sshd';
import { startEngine, type TestEngine } from './engine';
import { importImage, makeRootFs } from './image';
import { IMAGE } from './server';
import { enginesApart } from '../../../support/apart';

/** An engine with the image in it, and the connections a test opens to it. */
export interface Rig {
  readonly engine: TestEngine;
  /** What images are made from. */
  readonly rootFs: string;
  open(container: string, more?: Partial<DockerTarget>, who?: Prompter): Promise<ServerConnection>;
  /** Starts a container that runs a script of the test's own instead of kanidmd; `server` is its last argument. */
  runScript(name: string, script: string, more?: readonly string[]): void;
  close(): Promise<void>;
}

export async function startRig(): Promise<Rig> {
  const rootFs = await makeRootFs();
  const engine = await startEngine();
  importImage(engine, rootFs);
  const opened: ServerConnection[] = [];
  return {
    engine,
    rootFs,
    open: async (container, more = {}, who = person()) => {
      const connection = value(
        await openDocker(
          {
            id: 'idm-a',
            endpoint: engine.endpoint,
            container,
            config: null,
            certificates: null,
            home: engine.folder,
            env: {},
            ...more,
          },
          who,
          call(),
          // An engine of its own: one that is open already would be shared.
          { ...enginesApart(), backoff: [50, 100, 200, 400, 800, 1_600, 3_200, 3_200] },
        ),
      );
      opened.push(connection);
      return connection;
    },
    runScript: (name, script, more = []) => {
      mkdirSync(join(engine.folder, 'scripts'), { recursive: true });
      const file = join(engine.folder, 'scripts', `${name}.cjs`);
      writeFileSync(file, script);
      engine.docker(
        ...['run', '--detach', '--name', name, '--network', 'none', '--volume', `${file}:/script.cjs:ro`],
        ...['--entrypoint', '/bin/node', ...more, IMAGE, '/script.cjs', 'server'],
      );
    },
    close: async () => {
      await Promise.all(opened.map((connection) => connection.close()));
      await engine.close();
      await rm(rootFs, { recursive: true });
    },
  };
}
