import { chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listContainers } from '../../../electron/engine/connect/docker/unit/list-containers';
import type { DockerConnection } from '../../../electron/engine/connect/docker/docker-connection';
import { sha256Of } from '../../../electron/engine/connect/common/files';
import { value } from '../../support/results';
import { call, person, until } from '../../ssh/sshd';
import { makeNetwork, missing } from './support/engine';
import { HEALTHCHECK, importImage } from './support/image';
import { type Rig, startRig } from './support/rig';
import { IMAGE, prepareServer, runServer, untilUp } from './support/server';
import { enginesApart } from '../../support/apart';

const text = (content: string) => new TextEncoder().encode(content);
const code = (result: { ok: boolean; error?: { code: string } }) => (result.ok ? 'ok' : result.error?.code);
const IGNORING = 'setInterval(() => undefined, 1000); process.on("SIGTERM", () => undefined)';
const SLEEPING = 'setInterval(() => undefined, 1000); process.on("SIGTERM", () => process.exit(0))';

describe.skipIf(missing !== null)('changes on an engine', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => rig?.close());

  it('a replacement cut at any request leaves the whole old or the whole new file', async () => {
    const path = join(rig.engine.folder, 'cut');
    mkdirSync(path);
    const file = join(path, 'server.toml');
    rig.engine.docker('create', '--name', 'cut', '--network', 'none', '--volume', `${path}:/data`, IMAGE);
    const old = text(`# old\n${'o = 1\n'.repeat(20_000)}`);
    const fresh = text(`# new\n${'n = 1\n'.repeat(20_000)}`);
    const proxy = await startCutter(rig.engine.socket);
    const outcomes = new Set<string>();
    try {
      const endpoint = `tcp://127.0.0.1:${proxy.port}`;
      const who = { ...person(), acceptBareEngine: async () => true };
      for (const moment of ['before', 'within', 'after'] as const)
        for (let request = 1; ; request++) {
          writeFileSync(file, old, { mode: 0o640 });
          chownSync(file, 77, 78);
          const connection = await rig.open('cut', { endpoint }, who);
          proxy.cutAt(request, moment);
          const replaced = await connection.replaceFile('/data/server.toml', fresh, {
            ...call(30_000),
            expect: sha256Of(old),
          });
          const wasCut = proxy.stopCutting();
          const now = readFileSync(file);
          const is = now.equals(Buffer.from(old)) ? 'old' : now.equals(Buffer.from(fresh)) ? 'new' : 'broken';
          const about = statSync(file);
          const where = `cut ${moment} request ${request}: ${JSON.stringify(replaced)}`;
          expect([about.uid, about.gid, about.mode & 0o7777], where).toEqual([77, 78, 0o640]);
          // What is said is what is there.
          expect(is, where).toBe(replaced.ok ? 'new' : 'old');
          outcomes.add(`${moment} ${is}`);
          await connection.close();
          if (!wasCut) {
            expect(request).toBeGreaterThan(8);
            break;
          }
        }
    } finally {
      await proxy.close();
    }
    expect(outcomes).toEqual(
      new Set(['before old', 'before new', 'within old', 'within new', 'after old', 'after new']),
    );
    // The next replacement clears up.
    const connection = await rig.open('cut');
    value(await connection.replaceFile('/data/server.toml', old, { ...call(), expect: sha256Of(fresh) }));
    expect(statSync(join(path, '.kanilink')).size).toBe(0);
    expect(statSync(file).nlink).toBe(1);
  });

  it('a container recreated under the same name is not taken for the old one', async () => {
    rig.runScript('born-again', SLEEPING);
    const connection = await rig.open('born-again', { config: '/server.toml' });
    const first = value(await connection.facts(call())).container?.id;
    rig.engine.docker('rm', '--force', 'born-again');
    expect(code(await connection.service.state(call()))).toBe('no-such-container');
    rig.runScript('born-again', SLEEPING);
    for (const refused of [
      connection.kanidmd(['version'], call()),
      connection.readFile('/script.cjs', { ...call(), maxBytes: 10_000 }),
      connection.replaceFile('/script.cjs', text(''), { ...call(), expect: sha256Of(text(SLEEPING)) }),
      connection.service.restart(call()),
      connection.testConfig(text(''), call()),
    ])
      expect(code(await refused)).toBe('container-recreated');
    // A new probe takes it up.
    expect(value(await connection.facts(call())).container?.id).not.toBe(first);
    expect(code(await connection.service.state(call()))).toBe('ok');
  });

  it('a lock is one container’s name: held once, checked, taken over on request only', async () => {
    rig.runScript('locked', SLEEPING);
    const one = (await rig.open('locked')) as DockerConnection;
    const two = (await rig.open('locked')) as DockerConnection;
    const owner = (deploy: string) => ({ who: `ada ${deploy} $(id)`, host: 'desk', deploy, since: 5 });
    const asked = { ...call(), takeOver: false };
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, index) => index + 1).map((n) =>
        (n % 2 ? one : two).lock(owner(`d${n}`), asked),
      ),
    );
    const won = all.flatMap((it) => (it.ok ? [it.value] : []));
    expect(won).toHaveLength(1);
    expect(new Set(all.map(code))).toEqual(new Set(['ok', 'locked']));
    const refused = await two.lock(owner('d5'), asked);
    expect(JSON.stringify(refused)).toMatch(/"locked".*who ada d\d+ \$\(id\).*host desk/);
    const lock = won[0];
    if (!lock) throw new Error('nobody has the lock');
    expect(code(await lock.check(call()))).toBe('ok');
    // A fresh lock is only taken over by the same deploy, come back.
    expect(code(await two.lock(owner('d6'), { ...call(), takeOver: true }))).toBe('locked');
    const holder = `d${all.findIndex((it) => it.ok) + 1}`;
    const taken = value(await two.lock(owner(holder), { ...call(), takeOver: true }));
    expect(code(await lock.check(call()))).toBe('lock-lost');
    expect(code(await taken.check(call()))).toBe('ok');
    // Releasing what was lost does not touch whoever has it now.
    expect(code(await lock.release(call()))).toBe('ok');
    expect(code(await taken.check(call()))).toBe('ok');
    expect(code(await taken.release(call()))).toBe('ok');
    const again = value(await one.lock(owner('d7'), asked));
    expect(rig.engine.docker('inspect', 'kanilink-lock-locked', '--format', '{{.State.Status}}')).toBe(
      'created',
    );
    value(await again.release(call()));
  });

  it('a container that is given another name while it is locked stays locked', async () => {
    rig.engine.docker('create', '--name', 'renamed', IMAGE);
    const id = rig.engine.docker('inspect', 'renamed', '--format', '{{.Id}}');
    const owner = (deploy: string) => ({ who: 'ada', host: 'desk', deploy, since: 5 });
    const asked = { ...call(), takeOver: false };
    const lock = value(await (await rig.open('renamed')).lock(owner('d1'), asked));
    rig.engine.docker('rename', 'renamed', 'new-name');
    const other = await rig.open('new-name');
    expect(code(await other.lock(owner('d2'), asked))).toBe('locked');
    const ours = (): string[] =>
      rig.engine
        .docker('ps', '--all', '--filter', 'name=kanilink-lock', '--format', '{{.Names}}')
        .split('\n')
        .filter((it) => [id, 'renamed', 'new-name'].some((name) => it === `kanilink-lock-${name}`))
        .sort();
    expect(ours()).toEqual([`kanilink-lock-${id}`, 'kanilink-lock-renamed'].sort());
    expect(code(await lock.check(call()))).toBe('ok');
    value(await lock.release(call()));
    expect(ours()).toEqual([]);
    // An older Kanilink has the lock of the name alone.
    rig.engine.docker(
      'create',
      '--name',
      'kanilink-lock-new-name',
      '--label',
      'org.kanilink.lock.who=ada',
      IMAGE,
    );
    expect(code(await other.lock(owner('d3'), asked))).toBe('locked');
    rig.engine.docker('rm', 'kanilink-lock-new-name', 'new-name');
  });

  it('a healthcheck is shown and not waited for', async () => {
    const server = await prepareServer(rig.engine.folder, 'checked');
    importImage(rig.engine, rig.rootFs, 'checked:latest', [HEALTHCHECK]);
    rig.engine.docker(
      ...['create', '--name', 'checked', '--network', 'host', '--volume', `${server.folder}:/data`],
      'checked:latest',
    );
    const connection = await rig.open('checked');
    const asChecked = { state: 'running', detail: 'running (starting)' };
    expect(value(await connection.service.start(call(20_000)))).toMatchObject(asChecked);
    expect(value(await connection.service.restart(call(20_000)))).toMatchObject(asChecked);
    expect(value(await connection.facts(call())).service).toMatchObject(asChecked);
    rig.engine.docker('rm', '--force', 'checked');
  });

  it('a container that ignores its stop is said to be stopping meanwhile, and only then', async () => {
    rig.runScript('stubborn', IGNORING, ['--stop-timeout', '4']);
    const connection = await rig.open('stubborn');
    const restarting = connection.service.restart(call(30_000));
    await until(
      async () => value(await connection.service.state(call())).state === 'stopping',
      () => 'the stop is not seen',
    );
    expect(value(await restarting)).toMatchObject({ state: 'running' });
    expect(value(await connection.service.state(call())).state).toBe('running');
    rig.engine.docker('rm', '--force', 'stubborn');
  });

  it('a container that ends says how', async () => {
    rig.runScript('ending', 'process.exit(3)');
    rig.engine.docker('wait', 'ending');
    const connection = await rig.open('ending');
    expect(value(await connection.service.state(call()))).toEqual({ state: 'failed', detail: 'exited (3)' });
    rig.engine.docker('pause', 'born-again');
    const paused = await rig.open('born-again');
    expect(value(await paused.service.state(call()))).toMatchObject({ state: 'stopped', detail: 'paused' });
    expect(code(await paused.kanidmd(['version'], call()))).toBe('container-stopped');
    rig.engine.docker('unpause', 'born-again');
  });

  it('an old version, stopped, is backed up by a throwaway container', async () => {
    const server = await prepareServer(rig.engine.folder, 'old-version');
    const toml = join(server.folder, 'server.toml');
    writeFileSync(toml, readFileSync(toml, 'utf8').replace('version = "2"\n', ''));
    runServer(rig.engine, server, ['--env', 'PRACTICE_VERSION=1.2.0']);
    await untilUp(rig.engine, 'old-version');
    const connection = await rig.open('old-version');
    value(await connection.service.stop(call(30_000)));
    value(await connection.makeFolder('/data/kanilink-backups', 0o700, call()));
    const path = '/data/kanilink-backups/a.json.gz';
    value(await connection.kanidmd(['database', 'backup', path], call(30_000)));
    expect(statSync(join(server.folder, 'kanilink-backups', 'a.json.gz')).size).toBeGreaterThan(100);
    const left = rig.engine.docker('ps', '--all', '--filter', 'label=org.kanilink.temporary', '--quiet');
    expect(left).toBe('');
    rig.engine.docker('rm', '--force', 'old-version');
  });

  it('containers to choose from: those that run kanidmd first, our own left out', async () => {
    const server = await prepareServer(rig.engine.folder, 'zz-kanidm');
    runServer(rig.engine, server);
    makeNetwork(rig.engine, 'choose');
    rig.engine.docker(
      ...[
        'run',
        '--detach',
        '--name',
        'aa-other',
        '--network',
        'choose',
        '--publish',
        '127.0.0.1:18446:8444',
      ],
      ...['--entrypoint', '/bin/node', IMAGE, '-e', SLEEPING],
    );
    rig.engine.docker('create', '--name', 'kanilink-lock-x', '--label', 'org.kanilink.lock.who=ada', IMAGE);
    rig.engine.docker('tag', IMAGE, 'other:latest');
    const target = {
      id: 'new',
      endpoint: rig.engine.endpoint,
      certificates: null,
      home: rig.engine.folder,
      env: {},
    };
    const found = value(await listContainers(target, person(), call(20_000), enginesApart()));
    expect(found[0]).toMatchObject({ isKanidmd: true });
    expect(found.find((it) => it.name === 'zz-kanidm')).toMatchObject({
      image: IMAGE,
      isKanidmd: true,
      version: '1.10.5',
      state: 'running',
      ports: [],
    });
    expect(found.find((it) => it.name === 'aa-other')).toMatchObject({ ports: ['127.0.0.1:18446:8444'] });
    expect(found.map((it) => it.name)).not.toContain('kanilink-lock-x');
  });

  it('a user who may not use the socket is told so', async () => {
    process.seteuid?.(65_534);
    try {
      const opened = await rig.open('born-again').then(
        () => 'opened',
        (error: Error) => error.message,
      );
      expect(opened).toMatch(/^engine-permission-denied/);
    } finally {
      process.seteuid?.(0);
    }
  });
});

type Moment = 'before' | 'within' | 'after';

/** A way to the engine that breaks once, at a chosen request. */
async function startCutter(socket: string) {
  let at = 0;
  let moment: Moment = 'before';
  let seen = 0;
  let cut = false;
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(socket);
    for (const it of [client, upstream]) {
      sockets.add(it);
      it.on('error', () => undefined).on('close', () => sockets.delete(it));
    }
    const end = () => {
      cut = true;
      at = 0;
      client.destroy();
    };
    let swallowing = false;
    client.on('data', (chunk: Buffer) => {
      const isRequest = /^(GET|PUT|POST|HEAD|DELETE) /.test(chunk.toString('latin1', 0, 8));
      if (isRequest && at > 0 && ++seen === at) {
        if (moment === 'before') {
          end();
          upstream.destroy();
          return;
        }
        if (moment === 'within') {
          // Half of what came reaches the engine.
          upstream.write(chunk.subarray(0, Math.ceil(chunk.length / 2)));
          end();
          upstream.end();
          return;
        }
        swallowing = true;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      if (swallowing) {
        end();
        upstream.destroy();
      } else client.write(chunk);
    });
    client.on('end', () => upstream.end());
    client.on('close', () => upstream.destroy());
    upstream.on('end', () => client.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    cutAt: (request: number, when: Moment) => {
      at = request;
      moment = when;
      seen = 0;
      cut = false;
    },
    /** @returns whether the chosen request came. */
    stopCutting: () => {
      at = 0;
      return cut;
    },
    close: async () => {
      for (const it of sockets) it.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
