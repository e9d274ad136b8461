import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256Of } from '../../../electron/engine/connect/common/files';
import { value } from '../../support/results';
import { call } from '../../ssh/sshd';
import { makeNetwork, missing } from './support/engine';
import { injections } from './support/injections';
import { type Rig, startRig } from './support/rig';
import { IMAGE } from './support/server';

const text = (content: string) => new TextEncoder().encode(content);
const code = (result: { ok: boolean; error?: { code: string } }) => (result.ok ? 'ok' : result.error?.code);
const OLD = 'domain = "old.example.com"\n';
const NEW = text('domain = "new.example.com"\n');

describe.skipIf(missing !== null)('where a container’s files lie', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => rig?.close());

  const create = (name: string, ...more: string[]) =>
    rig.engine.docker('create', '--name', name, '--network', 'none', ...more, IMAGE);
  const folder = (name: string): string => {
    const path = join(rig.engine.folder, name);
    mkdirSync(path);
    writeFileSync(join(path, 'server.toml'), OLD);
    chownSync(join(path, 'server.toml'), 77, 78);
    chmodSync(join(path, 'server.toml'), 0o640);
    return path;
  };
  const replace = { ...call(20_000), expect: sha256Of(text(OLD)) };
  const about = (path: string) => {
    const { uid, gid, mode, nlink } = statSync(path);
    return [uid, gid, mode & 0o7777, nlink];
  };

  it('a named volume: replaced with owner and mode', async () => {
    rig.engine.docker('volume', 'create', 'idm');
    create('in-volume', '--volume', 'idm:/data');
    const mountpoint = rig.engine.docker('volume', 'inspect', 'idm', '--format', '{{.Mountpoint}}');
    writeFileSync(join(mountpoint, 'server.toml'), OLD);
    chownSync(join(mountpoint, 'server.toml'), 77, 78);
    chmodSync(join(mountpoint, 'server.toml'), 0o440);
    const connection = await rig.open('in-volume');
    expect(value(await connection.facts(call())).container).toMatchObject({
      configOn: 'mount',
      mounts: [{ type: 'volume', volume: 'idm', destination: '/data', writable: true }],
    });
    value(await connection.replaceFile('/data/server.toml', NEW, replace));
    expect(readFileSync(join(mountpoint, 'server.toml'))).toEqual(Buffer.from(NEW));
    expect(about(join(mountpoint, 'server.toml'))).toEqual([77, 78, 0o440, 1]);
  });

  it('a single file: replaced on the host through a helper that is never started, seen after a restart', async () => {
    const path = folder('single');
    const file = join(path, 'server.toml');
    rig.runScript(
      'single-file',
      'setInterval(() => undefined, 1000); process.on("SIGTERM", () => process.exit(0))',
      [...['--volume', `${file}:/data/server.toml`]],
    );
    const connection = await rig.open('single-file', { config: '/data/server.toml' });
    expect(value(await connection.facts(call())).container).toMatchObject({ configOn: 'single-file' });
    const wrong = await connection.replaceFile('/data/server.toml', NEW, {
      ...call(),
      expect: sha256Of(text('other')),
    });
    expect(code(wrong)).toBe('file-changed');
    value(await connection.replaceFile('/data/server.toml', NEW, replace));
    expect(readFileSync(file)).toEqual(Buffer.from(NEW));
    expect(about(file)).toEqual([77, 78, 0o640, 1]);
    expect(statSync(join(path, '.kanilink')).size).toBe(0);
    expect(rig.engine.docker('ps', '--all', '--format', '{{.Names}}').split('\n').sort()).toEqual([
      'in-volume',
      'single-file',
    ]);
    value(await connection.service.restart(call(20_000)));
    const seen = value(await connection.readFile('/data/server.toml', { ...call(), maxBytes: 1000 }));
    expect(Buffer.from(seen.bytes)).toEqual(Buffer.from(NEW));
  });

  it('read-only, as a folder and as a file: known beforehand, refused, untouched', async () => {
    const path = folder('read-only');
    create('ro-folder', '--volume', `${path}:/data:ro`);
    create('ro-file', '--volume', `${join(path, 'server.toml')}:/data/server.toml:ro`);
    for (const name of ['ro-folder', 'ro-file']) {
      const connection = await rig.open(name);
      expect(value(await connection.facts(call())).container).toMatchObject({ configOn: 'read-only' });
      expect(code(await connection.replaceFile('/data/server.toml', NEW, replace))).toBe('read-only');
    }
    expect(readFileSync(join(path, 'server.toml'), 'utf8')).toBe(OLD);
    expect(readdirSync(path)).toEqual(['server.toml']);
  });

  it('the container’s own layer: replaced, and said to be lost with the container', async () => {
    create('in-layer');
    const path = folder('for-layer');
    rig.engine.docker('cp', '--archive', join(path, 'server.toml'), 'in-layer:/data/server.toml');
    const connection = await rig.open('in-layer');
    expect(value(await connection.facts(call())).container).toMatchObject({ configOn: 'layer', mounts: [] });
    value(await connection.replaceFile('/data/server.toml', NEW, replace));
    const now = value(await connection.readFile('/data/server.toml', { ...call(), maxBytes: 1000 }));
    expect(now.stat).toMatchObject({ uid: 77, gid: 78, mode: 0o640 });
    expect(Buffer.from(now.bytes)).toEqual(Buffer.from(NEW));
  });

  it('a full disk: said so, the old file stays whole', async () => {
    const path = join(rig.engine.folder, 'small');
    mkdirSync(path);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path]);
    try {
      writeFileSync(join(path, 'server.toml'), OLD);
      create('full', '--volume', `${path}:/data`);
      const connection = await rig.open('full');
      const large = Buffer.alloc(200_000, '#');
      const replaced = await connection.replaceFile('/data/server.toml', large, replace);
      expect(code(replaced)).toBe('disk-full');
      expect(readFileSync(join(path, 'server.toml'), 'utf8')).toBe(OLD);
      rig.engine.docker('rm', 'full');
    } finally {
      execFileSync('umount', [path]);
    }
  });

  it('managers: Kubernetes is only looked at, Compose and Podman’s unit are told by their labels', async () => {
    const path = folder('managed');
    create('in-pod', '--volume', `${path}:/data`, '--label', 'io.kubernetes.pod.name=idm-0');
    const connection = await rig.open('in-pod');
    expect(value(await connection.facts(call())).manager).toBe('kubernetes');
    for (const refused of [
      connection.replaceFile('/data/server.toml', NEW, replace),
      connection.service.start(call()),
      connection.makeFolder('/data/x', 0o700, call()),
    ])
      expect(code(await refused)).toBe('managed-by-kubernetes');
    expect(readdirSync(path)).toEqual(['server.toml']);
    create('composed', '--label', 'com.docker.compose.project=lab');
    create('by-unit', '--label', 'PODMAN_SYSTEMD_UNIT=container-idm.service');
    expect(value(await (await rig.open('composed')).facts(call()))).toMatchObject({
      manager: 'compose',
      container: { composeProject: 'lab' },
    });
    expect(value(await (await rig.open('by-unit')).facts(call()))).toMatchObject({
      manager: 'podman-systemd',
      container: { unit: 'container-idm.service', unitInReach: true },
    });
  });

  it('published ports, loopback binds, networks, overrides', async () => {
    makeNetwork(rig.engine, 'lab');
    const options = [
      '--publish',
      '18443:8443',
      '--publish',
      '127.0.0.1:18444:8444',
      '--env',
      'KANIDM_ORIGIN=a=b',
    ];
    rig.engine.docker('create', '--name', 'published', '--network', 'lab', ...options, IMAGE);
    const facts = value(await (await rig.open('published')).facts(call()));
    expect(facts.overrides).toEqual({ KANIDM_ORIGIN: 'a=b' });
    expect(facts.container).toMatchObject({ networks: ['lab'], restartPolicy: 'no' });
    // A container that does not run has no ports yet; what was asked for counts.
    expect(facts.publishedPorts).toEqual([18443]);
    expect(facts.container?.ports).toContainEqual({
      containerPort: 8444,
      hostIp: '127.0.0.1',
      hostPort: 18444,
    });
  });

  it(`none of ${injections.length} odd names, paths and arguments runs anything`, async () => {
    expect(injections.length).toBeGreaterThan(200);
    const path = folder('odd');
    const script =
      'if (process.argv[2] === "server") setInterval(() => undefined, 1000); else process.stdout.write(JSON.stringify(process.argv.slice(2)))';
    rig.runScript('odd', script, ['--volume', `${path}:/data`]);
    const connection = await rig.open('odd', { config: '/data/server.toml' });
    const all = rig.engine.docker('ps', '--all', '--quiet');
    for (const name of injections) {
      const opened = await rig.open(name).then(
        () => 'opened',
        (error: Error) => error.message,
      );
      expect(opened, JSON.stringify(name)).toMatch(/^(container-name-invalid|no-such-container)/);
    }
    for (const name of injections) {
      const asPath = `/data/${name}`;
      const found = await connection.stat(asPath, call());
      if (found.ok)
        expect(found.value === null || found.value.kind === 'folder' || asPath.includes('..')).toBe(true);
    }
    const files = injections
      .map((name) => name.replaceAll('/', '_').slice(0, 120))
      .filter((name) => name.trim() !== '' && name !== '.' && name !== '..');
    for (const file of files) {
      writeFileSync(join(path, file), OLD);
      const read = await connection.readFile(`/data/${file}`, { ...call(), maxBytes: 1000 });
      expect(code(read), JSON.stringify(file)).toBe('ok');
    }
    // Replacing takes the engine half a second: one name of each kind.
    for (const file of files.filter((_, index) => index % 24 === 0)) {
      value(await connection.replaceFile(`/data/${file}`, NEW, replace));
      expect(readFileSync(join(path, file))).toEqual(Buffer.from(NEW));
    }
    const words = injections.filter((word) => word !== '--help');
    const output = value(await connection.kanidmd(['domain', ...words], call(20_000)));
    expect(JSON.parse(output.stdout)).toEqual(['domain', ...words, '-c', '/data/server.toml']);
    expect(existsSync(join(path, 'ran'))).toBe(false);
    expect(rig.engine.docker('ps', '--all', '--quiet')).toBe(all);
    expect(rig.engine.docker('inspect', 'odd', '--format', '{{.State.Running}}')).toBe('true');
  });
});
