import { copyFileSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { bundleKanidmd } from '../../../practice/kanidmd/conformance/bundle';
import { freePort, missing as sshdMissing, type Sshd, startSshd } from '../../ssh/sshd';
import { missing, startEngine, type TestEngine } from '../docker/support/engine';
import { importImage, makeRootFs } from '../docker/support/image';
import { podmanMissing, startPodman } from '../docker/support/podman';
import { makeEngineCertificates } from '../docker/support/tls';
import { type Link, startLink } from '../support/link';
import { toldUnit } from '../support/told';
import { ADA_MAY_ALL, importDebian, startMachine, type SystemdMachine } from '../systemd/support/machine';
import { debianRootFs } from '../systemd/support/root-fs';
import { type Containers, dockerSeat, startContainers } from './docker-seat';
import { contractHolds } from './holds';
import { machineSeat } from './machine-seat';
import type { Seat } from './seat';

const debian = missing === null ? await debianRootFs() : { missing };
const noDebian = 'missing' in debian ? debian.missing : null;

/** One suite of the seam (`connection.ts`) for both transports and every dialer: what is above it must not know which it has. */
describe.skipIf(missing !== null)('a server connection', () => {
  let engine: TestEngine;
  let podman: TestEngine | null = null;
  let rootFs: string;
  let program: string;
  let tlsPort: number;
  let client: string;
  let containers: Containers;
  let machine: SystemdMachine;
  let sshd: Sshd;

  beforeAll(async () => {
    [rootFs, program, tlsPort] = [await makeRootFs(), await bundleKanidmd(), await freePort()];
    const certificates = await makeEngineCertificates(rootFs);
    client = certificates.client;
    const own = certificates.server;
    engine = await startEngine([
      ...['--host', `tcp://127.0.0.1:${tlsPort}`, '--tlsverify', '--tlscacert', join(own, 'ca.pem')],
      ...['--tlscert', join(own, 'cert.pem'), '--tlskey', join(own, 'key.pem')],
    ]);
    importImage(engine, rootFs);
    containers = await startContainers(engine);
    if ('tar' in debian) {
      importDebian(engine, debian.tar);
      machine = await startMachine(engine, 'held-metal', program, {
        service: ['User=kanidm'],
        sudoers: `${ADA_MAY_ALL}ada ALL=(root) NOPASSWD: /usr/local/bin/told\n`,
        ...toldUnit,
      });
    }
    if (podmanMissing === null) {
      podman = await startPodman();
      importImage(podman, rootFs);
    }
    if (sshdMissing === null) {
      sshd = await startSshd({ env: { PATH: process.env['PATH'] ?? '', DOCKER_HOST: engine.endpoint } });
      copyFileSync(sshd.key, join(sshd.home, '.ssh', 'id_ed25519'));
      sshd.trust('ed25519');
    }
  });
  afterAll(async () => {
    await sshd?.stop();
    await podman?.close();
    await engine?.close();
    if (rootFs) await rm(rootFs, { recursive: true });
    if (program) await rm(dirname(program), { recursive: true });
  });

  /** A socket like the engine's that can be cut. */
  const socketBefore = async (to: TestEngine, name: string): Promise<{ link: Link; endpoint: string }> => {
    const path = join(to.folder, `${name}.sock`);
    rmSync(path, { force: true });
    return { link: await startLink(to.socket, path), endpoint: `unix://${path}` };
  };
  const byContext = async (): Promise<Seat> => {
    const { link, endpoint } = await socketBefore(engine, 'context');
    const config = join(engine.folder, 'docker-config');
    engine.docker('--config', config, 'context', 'create', 'lab', '--docker', `host=${endpoint}`);
    const way = { endpoint: 'context://lab', home: engine.folder, env: { DOCKER_CONFIG: config } };
    return dockerSeat(containers, way, link.cut, link.close);
  };
  const bySocket = async (to: TestEngine, there: Containers): Promise<Seat> => {
    const { link, endpoint } = await socketBefore(to, 'held');
    return dockerSeat(there, { endpoint, home: to.folder }, link.cut, link.close);
  };
  const byTls = async (): Promise<Seat> => {
    const link = await startLink(tlsPort);
    const way = { endpoint: `tcp://127.0.0.1:${link.port}`, home: rootFs, certificates: client };
    return dockerSeat(containers, way, link.cut, link.close);
  };
  const onPodman = async (): Promise<Seat> => {
    if (podman === null) throw new Error('no Podman');
    return bySocket(podman, await startContainers(podman));
  };
  const bySsh = () => {
    const way = { endpoint: `ssh://root@127.0.0.1:${sshd.port}`, home: sshd.home };
    return Promise.resolve(dockerSeat(containers, way, () => sshd.cut()));
  };

  const ways: readonly { readonly way: string; readonly why: string | null; seat(): Promise<Seat> }[] = [
    {
      way: 'SSH as root to a systemd machine',
      why: noDebian,
      seat: () => machineSeat(machine, engine.folder, { user: 'root', sudo: false }),
    },
    {
      way: 'SSH and sudo to a systemd machine',
      why: noDebian,
      seat: () => machineSeat(machine, engine.folder, { user: 'ada', sudo: true }),
    },
    { way: 'the socket of a Docker Engine', why: null, seat: () => bySocket(engine, containers) },
    { way: 'TLS to a Docker Engine', why: null, seat: byTls },
    { way: 'a Docker context', why: null, seat: byContext },
    { way: 'SSH to a Docker Engine', why: sshdMissing, seat: bySsh },
    { way: 'the socket of Podman', why: podmanMissing, seat: onPodman },
  ];

  describe.each(ways)('by $way', ({ why, seat }) => {
    if (why !== null) return it.skip(why);
    contractHolds(seat);
  });
});
