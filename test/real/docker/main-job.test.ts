import { copyFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPracticeFleet } from '../../../practice/host/fleet';
import { bundleKanidmd } from '../../../practice/kanidmd/conformance/bundle';
import { missing as sshdMissing, type Sshd, startSshd, until } from '../../ssh/sshd';
import { missing, startEngine, type TestEngine } from './support/engine';
import { HEALTHCHECK, importImage, makeRootFs } from './support/image';
import { engineOf, fleetText, pairAndProve } from './support/job';
import { IMAGE, prepareServer, runServer, type TestServer, untilUp } from './support/server';

/** Pair, deploy, refresh, watch: with real engines and the practice kanidmd in containers without a shell. */
describe.skipIf(missing !== null)('the main job on a real Docker Engine', () => {
  let engine: TestEngine;
  let rootFs: string;

  beforeAll(async () => {
    rootFs = await makeRootFs();
    engine = await startEngine();
    importImage(engine, rootFs);
  });
  afterAll(async () => {
    await engine?.close();
    if (rootFs) await rm(rootFs, { recursive: true });
  });

  const container = (endpoint: string, server: TestServer) => [
    'connect = "docker"',
    `endpoint = "${endpoint}"`,
    `container = "${server.name}"`,
    `origin = "${server.origin}"`,
    `bindaddress = "127.0.0.1:${server.replicationPort}"`,
  ];
  const started = async (name: string, options: Parameters<typeof prepareServer>[2] = {}, image = IMAGE) => {
    const server = await prepareServer(engine.folder, name, options);
    runServer(engine, server, [], image);
    await untilUp(engine, name);
    return server;
  };
  const kanidmd = (name: string, ...args: string[]): string =>
    engine.docker('exec', name, '/bin/node', '/kanidmd.cjs', ...args, '-c', '/data/server.toml');
  const untilItHas = (name: string, who: string) =>
    until(
      () => kanidmd(name, 'practice', 'entries').includes(who),
      () => `${who} did not reach ${name}`,
    );

  // Side by side: they mostly wait for rounds, each on servers of its own.
  it.concurrent('Docker and Docker: data arrives, files keep owner and mode, nothing is left', async () => {
    const a = await started('one-a', { uid: 0, mode: 0o440 });
    const b = await started('one-b', { uid: 4321, mode: 0o640 });
    kanidmd('one-a', 'practice', 'create-person', 'before');
    const { engine: kanilink, close } = engineOf(engine.folder);
    try {
      const text = fleetText(container(engine.endpoint, a), container(engine.endpoint, b));
      await pairAndProve(kanilink, text);
      expect(kanidmd('one-b', 'practice', 'entries')).toContain('before');
      kanidmd('one-b', 'practice', 'create-person', 'after');
      await untilItHas('one-a', 'after');
    } finally {
      await close();
    }
    const toml = statSync(join(b.folder, 'server.toml'));
    expect([toml.uid, toml.gid, toml.mode & 0o7777, toml.nlink]).toEqual([4321, 4321, 0o640, 1]);
    expect(statSync(join(a.folder, 'server.toml')).mode & 0o7777).toBe(0o440);
    expect(readFileSync(join(b.folder, 'server.toml'), 'utf8')).toContain('# one-b, made by hand');
    expect(existsSync(join(b.folder, 'kanilink-backups'))).toBe(true);
    // The tests beside this one hold locks of their own meanwhile.
    const left = engine.docker('ps', '--all', '--filter', 'name=kanilink-lock-one-', '--quiet');
    expect(left).toBe('');
    expect(engine.docker('inspect', 'one-b', '--format', '{{.RestartCount}}')).toBe('0');
    engine.docker('rm', '--force', 'one-a', 'one-b');
  });

  it.concurrent('an image with a HEALTHCHECK: nothing waits for it', async () => {
    importImage(engine, rootFs, 'checked:latest', [HEALTHCHECK]);
    const a = await started('checked-a', {}, 'checked:latest');
    const b = await started('checked-b', {}, 'checked:latest');
    const { engine: kanilink, close } = engineOf(engine.folder);
    try {
      const text = fleetText(container(engine.endpoint, a), container(engine.endpoint, b));
      await pairAndProve(kanilink, text);
      const health = ['checked-a', 'checked-b'].map((name) =>
        engine.docker('inspect', name, '--format', '{{.State.Health.Status}}'),
      );
      expect(health).toEqual(['starting', 'starting']);
    } finally {
      await close();
      engine.docker('rm', '--force', 'checked-a', 'checked-b');
    }
  });

  it.concurrent('SSH and Docker, mixed', async () => {
    const program = await bundleKanidmd();
    const fleet = await startPracticeFleet({
      servers: 1,
      kanidmd: program,
      pollIntervalSeconds: 2,
      replication: () => true,
    });
    const machine = fleet.machine('idm-a');
    const b = await started('mixed-b');
    const { engine: kanilink, close } = engineOf(engine.folder);
    try {
      const ssh = [
        'connect = "ssh"',
        `endpoint = "ssh://${machine.user}@${machine.host}:${machine.port}"`,
        `identity = "${fleet.identity}"`,
        `known_hosts = "${fleet.knownHosts}"`,
      ];
      await pairAndProve(kanilink, fleetText(ssh, container(engine.endpoint, b)));
    } finally {
      await close();
      await fleet.close();
      await rm(dirname(program), { recursive: true });
      engine.docker('rm', '--force', 'mixed-b');
    }
  });

  (sshdMissing === null ? it.concurrent : it.skip)(
    'Docker over ssh, by docker system dial-stdio',
    async () => {
      const sshd: Sshd = await startSshd({
        env: { PATH: process.env['PATH'] ?? '', DOCKER_HOST: engine.endpoint },
      });
      copyFileSync(sshd.key, join(sshd.home, '.ssh', 'id_ed25519'));
      sshd.trust('ed25519', 'ecdsa', 'rsa');
      const [a, b] = [await started('far-a'), await started('far-b')];
      const { engine: kanilink, close } = engineOf(sshd.home);
      try {
        const endpoint = `ssh://root@127.0.0.1:${sshd.port}`;
        await pairAndProve(kanilink, fleetText(container(endpoint, a), container(endpoint, b)));
        // A few for calls, others for the logs that are followed: none per container or per request.
        expect(sshd.log().match(/Accepted publickey/g)?.length).toBeLessThanOrEqual(5);
      } finally {
        await close();
        await sshd.stop();
        engine.docker('rm', '--force', 'far-a', 'far-b');
      }
    },
  );
});
