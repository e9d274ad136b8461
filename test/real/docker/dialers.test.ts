import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { each } from '../../../electron/engine/base/batches';
import type { BareEngineQuestion } from '../../../electron/engine/connect/connection';
import { openDocker } from '../../../electron/engine/connect/docker/open-docker';
import type { DockerTarget } from '../../../electron/engine/connect/docker/api/target';
import { call, freePort, missing as sshdMissing, person, type Sshd, startSshd } from '../../ssh/sshd';
import { value } from '../../support/results';
import { missing, startEngine, type TestEngine } from './support/engine';
import { importImage, makeRootFs } from './support/image';
import { makeEngineCertificates } from './support/tls';
import { prepareServer, runServer, type TestServer, untilUp } from './support/server';
import { enginesApart } from '../../support/apart';

/** The ways to one real engine; what goes over them is in `contract/`. */
describe.skipIf(missing !== null)('ways to a Docker Engine', () => {
  let engine: TestEngine;
  let rootFs: string;
  let server: TestServer;
  let folder: string;
  let certificates: { server: string; client: string };
  let port: number;
  let sshd: Sshd | null = null;
  let bare: Server;
  let barePort: number;

  beforeAll(async () => {
    rootFs = await makeRootFs();
    folder = mkdtempSync(join(tmpdir(), 'kanilink-ways-'));
    certificates = await makeEngineCertificates(folder);
    port = await freePort();
    const { server: own } = certificates;
    engine = await startEngine([
      ...['--host', `tcp://127.0.0.1:${port}`, '--tlsverify', '--tlscacert', join(own, 'ca.pem')],
      ...['--tlscert', join(own, 'cert.pem'), '--tlskey', join(own, 'key.pem')],
    ]);
    importImage(engine, rootFs);
    server = await prepareServer(engine.folder, 'idm-a');
    runServer(engine, server);
    await untilUp(engine, 'idm-a');
    // The engine as it would listen without TLS.
    barePort = await freePort();
    bare = createServer((client) => {
      const upstream = connect(engine.socket);
      client.pipe(upstream).pipe(client);
      client.on('error', () => upstream.destroy());
      upstream.on('error', () => client.destroy());
    });
    await new Promise<void>((resolve) => bare.listen(barePort, '127.0.0.1', resolve));
    if (sshdMissing === null) {
      sshd = await startSshd();
      copyFileSync(sshd.key, join(sshd.home, '.ssh', 'id_ed25519'));
      sshd.trust('ed25519', 'ecdsa', 'rsa');
    }
  });
  afterAll(async () => {
    await new Promise((resolve) => (bare === undefined ? resolve(null) : bare.close(resolve)));
    await sshd?.stop();
    await engine?.close();
    if (rootFs) await rm(rootFs, { recursive: true });
    if (folder) await rm(folder, { recursive: true });
  });

  const target = (more: Partial<DockerTarget>): DockerTarget => ({
    id: 'idm-a',
    endpoint: engine.endpoint,
    container: 'idm-a',
    config: null,
    certificates: null,
    home: folder,
    env: {},
    ...more,
  });
  const code = async (more: Partial<DockerTarget>, who = person(), limit = call()) => {
    const opened = await openDocker(target(more), who, limit, enginesApart());
    if (!opened.ok) return opened.error.code;
    await opened.value.close();
    return 'ok';
  };
  /** Reads, runs, replaces: over whatever way. */
  const works = async (more: Partial<DockerTarget>, who = person()) => {
    const connection = value(await openDocker(target(more), who, call(20_000), enginesApart()));
    try {
      const shown = value(await connection.kanidmd(['domain', 'show'], call(20_000)));
      expect(shown.stdout).toContain('domain_uuid');
      expect(shown.exitCode).toBe(0);
      const file = value(await connection.readFile('/data/server.toml', { ...call(), maxBytes: 100_000 }));
      const again = { ...call(20_000), expect: file.sha256 };
      expect(value(await connection.replaceFile('/data/server.toml', file.bytes, again))).toBe(file.sha256);
      let lines = 0;
      const log = connection.logs({ since: 0 }, { follow: false, signal: call().signal });
      for await (const item of each(log)) {
        expect(item.kind).toBe('line');
        lines++;
      }
      expect(lines).toBeGreaterThan(3);
    } finally {
      await connection.close();
    }
  };

  it('tcp:// with the certificates of the Docker config folder', async () => {
    const config = join(folder, 'config');
    cpSync(certificates.client, config, { recursive: true });
    await works({ endpoint: `tcp://127.0.0.1:${port}`, env: { DOCKER_CONFIG: config } });
  });

  it('tcp:// says what is wrong with certificates', async () => {
    const other = await makeEngineCertificates(join(folder, 'other'));
    const endpoint = `tcp://127.0.0.1:${port}`;
    expect(await code({ endpoint, certificates: other.client })).toBe('engine-tls-failed');
    expect(await code({ endpoint, certificates: join(folder, 'none') })).toBe('engine-certificates-missing');
    mkdirSync(join(folder, 'half'));
    copyFileSync(join(certificates.client, 'ca.pem'), join(folder, 'half', 'ca.pem'));
    expect(await code({ endpoint, certificates: join(folder, 'half') })).toBe('engine-certificates-missing');
    expect(await code({ endpoint: 'tcp://127.0.0.1:2376' })).toBe('engine-certificates-missing');
  });

  it('a bare tcp:// asks first, and is not used without a yes', async () => {
    const asked: BareEngineQuestion[] = [];
    const saying = (yes: boolean) => ({
      ...person(),
      acceptBareEngine: async (question: BareEngineQuestion) => {
        asked.push(question);
        return yes;
      },
    });
    const endpoint = `tcp://127.0.0.1:${barePort}`;
    expect(await code({ endpoint }, saying(false))).toBe('engine-not-protected');
    expect(await code({ endpoint }, person())).toBe('engine-not-protected');
    await works({ endpoint }, saying(true));
    expect(asked).toEqual([
      { server: 'idm-a', endpoint },
      { server: 'idm-a', endpoint },
    ]);
  });

  it('context:// with TLS material of its own', async () => {
    const docker = join(folder, 'with-contexts');
    const id = createHash('sha256').update('lab').digest('hex');
    mkdirSync(join(docker, 'contexts', 'meta', id), { recursive: true });
    cpSync(certificates.client, join(docker, 'contexts', 'tls', id, 'docker'), { recursive: true });
    const endpoint = { Host: `tcp://127.0.0.1:${port}`, SkipTLSVerify: false };
    const meta = { Name: 'lab', Metadata: {}, Endpoints: { docker: endpoint } };
    writeFileSync(join(docker, 'contexts', 'meta', id, 'meta.json'), JSON.stringify(meta));
    await works({ endpoint: 'context://lab', env: { DOCKER_CONFIG: docker } });
    expect(await code({ endpoint: 'context://other', env: { DOCKER_CONFIG: docker } })).toBe(
      'context-not-found',
    );
    meta.Endpoints.docker.SkipTLSVerify = true;
    writeFileSync(join(docker, 'contexts', 'meta', id, 'meta.json'), JSON.stringify(meta));
    expect(await code({ endpoint: 'context://lab', env: { DOCKER_CONFIG: docker } })).toBe(
      'engine-tls-unchecked',
    );
  });

  it('DOCKER_HOST never says where a server is', async () => {
    const before = process.env['DOCKER_HOST'];
    try {
      for (const odd of ['tcp://192.0.2.1:2375', 'unix:///nowhere.sock', 'ssh://nobody@192.0.2.1', ':::']) {
        process.env['DOCKER_HOST'] = odd;
        process.env['DOCKER_CERT_PATH'] = '/nowhere';
        process.env['DOCKER_TLS_VERIFY'] = '1';
        expect(await code({ env: process.env })).toBe('ok');
        expect(process.env['DOCKER_HOST']).toBe(odd);
      }
    } finally {
      if (before === undefined) delete process.env['DOCKER_HOST'];
      else process.env['DOCKER_HOST'] = before;
      delete process.env['DOCKER_CERT_PATH'];
      delete process.env['DOCKER_TLS_VERIFY'];
    }
  });

  describe.skipIf(sshdMissing !== null)('ssh://', () => {
    const far = async (path: string, use: (endpoint: string, sshd: Sshd) => Promise<void>) => {
      if (sshd === null) throw new Error('no sshd');
      await sshd.restart({
        env: { PATH: `${path}:${process.env['PATH'] ?? ''}`, DOCKER_HOST: engine.endpoint },
      });
      await use(`ssh://root@127.0.0.1:${sshd.port}`, sshd);
    };
    const program = (name: string, script: string): string => {
      const bin = mkdtempSync(join(folder, 'bin-'));
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, name), 0o755);
      return bin;
    };

    it('by docker system dial-stdio, all over one connection', () =>
      far('/nowhere', async (endpoint, it) => {
        await works({ endpoint, home: it.home });
        expect(it.log().match(/Accepted publickey/g)).toHaveLength(1);
      }));

    it('through sudo -n where this user may not use the socket', () => {
      const real = process.env['PATH'] ?? '';
      // A docker that only works for whoever comes through sudo, as for a user outside the group docker.
      const docker = program(
        'docker',
        `[ "$BY_SUDO" = yes ] && PATH="${real}" exec docker "$@"\necho "permission denied while trying to connect" >&2; exit 1`,
      );
      const sudo = program('sudo', `[ "$1" = -n ] || exit 9\nshift; BY_SUDO=yes exec "$@"`);
      return far(`${docker}:${sudo}`, (endpoint, it) => works({ endpoint, home: it.home }));
    });

    it('a container that a systemd unit runs is restarted through the unit', () => {
      const said = join(folder, 'systemctl-said');
      const bin = program(
        'systemctl',
        `printf '%s\\n' "$*" >> '${said}'; [ "$1" != stop ] || { echo no such unit >&2; exit 5; }`,
      );
      const label = 'PODMAN_SYSTEMD_UNIT=container-idm@1.service';
      engine.docker(
        'create',
        '--name',
        'by-unit',
        '--network',
        'none',
        '--label',
        label,
        'kanidm/server:1.10.5',
      );
      return far(bin, async (endpoint, it) => {
        const options = enginesApart();
        const connection = value(
          await openDocker(
            target({ endpoint, home: it.home, container: 'by-unit' }),
            person(),
            call(20_000),
            options,
          ),
        );
        value(await connection.service.restart(call(20_000)));
        expect(readFileSync(said, 'utf8')).toBe('restart container-idm@1.service\n');
        expect(await connection.service.stop(call(20_000))).toMatchObject({
          ok: false,
          error: { code: 'service-command-failed', detail: 'no such unit' },
        });
        await connection.close();
      });
    });

    it('says what each way said when none works', () =>
      far(
        `${program('docker', 'echo no engine here >&2; exit 1')}:${program('sudo', 'echo sudo: a password is required >&2; exit 1')}:${program('podman', 'exit 125')}`,
        async (endpoint, it) => {
          const opened = await openDocker(target({ endpoint, home: it.home }), person(), call(), {
            ...enginesApart(),
          });
          expect(opened).toMatchObject({ ok: false, error: { code: 'engine-not-reached' } });
          expect(JSON.stringify(opened)).toMatch(/no engine here.*a password is required/s);
        },
      ));

    it('checks the host key as any SSH connection', () =>
      far('/nowhere', async (endpoint, it) => {
        const home = mkdtempSync(join(folder, 'home-'));
        mkdirSync(join(home, '.ssh'));
        copyFileSync(it.key, join(home, '.ssh', 'id_ed25519'));
        const who = person();
        expect(await code({ endpoint, home }, who)).toBe('host-key-unknown');
        expect(who.asked[0]).toContain('host key');
      }));
  });

  it('says what is wrong: no socket, no engine, no container, an odd name, silence', async () => {
    expect(await code({ endpoint: 'unix:///nowhere/docker.sock' })).toBe('engine-not-running');
    const accepts = { ...person(), acceptBareEngine: async () => true };
    expect(await code({ endpoint: `tcp://127.0.0.1:${await freePort()}` }, accepts)).toBe(
      'engine-not-running',
    );
    expect(await code({ container: 'none' })).toBe('no-such-container');
    expect(await code({ container: '../images' })).toBe('container-name-invalid');
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const silentPort = typeof address === 'object' ? (address?.port ?? 0) : 0;
    expect(await code({ endpoint: `tcp://127.0.0.1:${silentPort}` }, accepts, call(300))).toBe('timed-out');
    silent.close();
  });
});
