import {
  chmodSync,
  chownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, posix } from 'node:path';
import { openDocker } from '../../../electron/engine/connect/docker/open-docker';
import type { DockerTarget } from '../../../electron/engine/connect/docker/api/target';
import { value } from '../../support/results';
import { call, person } from '../../ssh/sshd';
import type { TestEngine } from '../docker/support/engine';
import { IMAGE, prepareServer, runServer, untilUp } from '../docker/support/server';
import { runningWith } from '../support/processes';
import { TOLD } from '../support/told';
import type { Hands, Seat } from './seat';
import { enginesApart } from '../../support/apart';

/** The two containers of the contract; every way to their engine is a seat of its own. */
export interface Containers {
  readonly engine: TestEngine;
  readonly hands: Hands;
  readonly httpsPort: number;
}

/** Starts them: a practice server, and one whose kanidmd does as it is told. */
export async function startContainers(engine: TestEngine): Promise<Containers> {
  const server = await prepareServer(engine.folder, 'held', { replication: true, uid: 1234 });
  runServer(engine, server);
  const script = join(engine.folder, 'told.cjs');
  writeFileSync(script, TOLD);
  engine.docker(
    ...['run', '--detach', '--name', 'told', '--network', 'none', '--volume', `${script}:/told.cjs:ro`],
    ...['--entrypoint', '/bin/node', IMAGE, '/told.cjs', 'server'],
  );
  await untilUp(engine, 'held');
  return { engine, hands: handsIn(server.folder), httpsPort: server.httpsPort };
}

/** A way to them. */
export function dockerSeat(
  { hands, httpsPort }: Containers,
  way: Partial<DockerTarget> & Pick<DockerTarget, 'endpoint' | 'home'>,
  cut: () => void,
  close?: () => Promise<void>,
): Seat {
  const open = async (container: string) => {
    const target = { id: container, container, config: null, certificates: null, env: {}, ...way };
    const options = { ...enginesApart(), backoff: [50, 100, 200, 400, 800, 1_600] };
    return value(await openDocker(target, person(), call(20_000), options));
  };
  return {
    open: () => open('held'),
    openTold: () => open('told'),
    config: '/data/server.toml',
    data: '/data',
    running: runningWith,
    manager: 'docker',
    // On the host's network, at its loopback address: over TCP only what others may dial is in reach.
    https: { port: httpsPort, inReach: !way.endpoint.startsWith('tcp:') },
    hands,
    cut,
    ...(close === undefined ? {} : { close }),
  };
}

/** `/data` is this folder of the host. */
function handsIn(folder: string): Hands {
  const here = (path: string) => join(folder, posix.relative('/data', path));
  return {
    put: (path, text, { uid, gid, mode }) => {
      writeFileSync(here(path), text);
      chownSync(here(path), uid, gid);
      chmodSync(here(path), mode);
    },
    link: (target, path) => {
      rmSync(here(path), { force: true });
      symlinkSync(posix.basename(target), here(path));
    },
    get: (path) => readFileSync(here(path), 'utf8'),
    about: (path) => {
      const { uid, gid, mode } = statSync(here(path));
      return { uid, gid, mode: mode & 0o7777 };
    },
    isLink: (path) => lstatSync(here(path)).isSymbolicLink(),
    list: (path) =>
      readdirSync(here(path))
        .filter((name) => name !== '.kanilink' || statSync(join(here(path), name)).size > 0)
        .sort(),
  };
}
