import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { each } from '../../../electron/engine/base/batches';
import type { LogItem, ServerConnection } from '../../../electron/engine/connect/connection';
import { openDocker } from '../../../electron/engine/connect/docker/open-docker';
import { call, person, until } from '../../ssh/sshd';
import { value } from '../../support/results';
import { missing, startEngine, type TestEngine } from './support/engine';
import { podmanMissing, startPodman } from './support/podman';
import { importImage, makeRootFs } from './support/image';
import { prepareServer, runServer, type TestServer, untilUp } from './support/server';
import { enginesApart } from '../../support/apart';

const text = (content: string) => new TextEncoder().encode(content);
const code = (result: { ok: boolean; error?: { code: string } }) => (result.ok ? 'ok' : result.error?.code);

const engines = [
  { name: 'Docker Engine', why: missing, start: () => startEngine() },
  { name: 'Podman', why: podmanMissing, start: startPodman },
];

/** What only a container has; the rest is in `contract/`. */
describe.each(engines)('a server in a container of $name, over its socket', ({ why, start }) => {
  if (why !== null) return it.skip(why);
  let engine: TestEngine;
  let rootFs: string;
  let server: TestServer;
  let connection: ServerConnection;

  beforeAll(async () => {
    rootFs = await makeRootFs();
    engine = await start();
    importImage(engine, rootFs);
    server = await prepareServer(engine.folder, 'idm-a', { replication: true, uid: 1234 });
    runServer(engine, server);
    await untilUp(engine, 'idm-a');
    connection = await open('idm-a');
  });
  afterAll(async () => {
    await connection?.close();
    await engine?.close();
    if (rootFs) await rm(rootFs, { recursive: true });
  });

  const open = async (container: string, more: { endpoint?: string } = {}) =>
    value(
      await openDocker(
        {
          id: container,
          endpoint: engine.endpoint,
          container,
          config: null,
          certificates: null,
          home: engine.folder,
          env: {},
          ...more,
        },
        person(),
        call(),
        { ...enginesApart(), backoff: [50, 100, 200, 400, 800, 1_600, 3_200] },
      ),
    );

  it('tells what the engine knows', async () => {
    const facts = value(await connection.facts(call()));
    expect(facts).toMatchObject({
      configPath: '/data/server.toml',
      overrides: {},
      publishedPorts: null,
      manager: 'docker',
      service: { state: 'running', detail: 'running' },
      container: {
        name: 'idm-a',
        restartPolicy: 'unless-stopped',
        configOn: 'mount',
        ownerKnown: true,
        networks: ['host'],
      },
    });
    expect(Math.abs(facts.clockOffsetMs ?? 9e9)).toBeLessThan(5_000);
    expect(facts.startedAt).toBeGreaterThan(Date.now() - 600_000);
  });

  it('tests a config in a throwaway container, which leaves nothing', async () => {
    const before = engine.docker('ps', '--all', '--quiet', '--no-trunc');
    const now = readFileSync(join(server.folder, 'server.toml'));
    expect(value(await connection.testConfig(now, call(30_000)))).toMatchObject({ accepted: true });
    const bad = value(await connection.testConfig(text(`${now.toString()}\nnonsense = 1\n`), call(30_000)));
    expect(bad.accepted).toBe(false);
    expect(bad.output).not.toBe('');
    expect(engine.docker('ps', '--all', '--quiet', '--no-trunc')).toBe(before);
    // The running server still answers: its admin socket was not taken over.
    expect(value(await connection.kanidmd(['domain', 'show'], call())).stdout).toContain('domain_uuid');
  });

  it('gives private scratch folders that go away', async () => {
    const [one, two] = await Promise.all([connection.scratch(call()), connection.scratch(call())]);
    const [a, b] = [value(one), value(two)];
    expect(a.path).not.toBe(b.path);
    expect(value(await connection.stat(a.path, call()))).toMatchObject({ kind: 'folder', mode: 0o700 });
    value(await a.remove(call()));
    expect(value(await connection.stat(b.path, call()))).toMatchObject({ kind: 'folder' });
    value(await b.remove(call()));
    expect(value(await connection.stat(b.path, call()))).toBe(null);
    expect(statSync(join(server.folder, '.kanilink')).isFile()).toBe(true);
  });

  it('makes folders for backups', async () => {
    value(await connection.makeFolder('/data/kanilink-backups', 0o700, call()));
    value(await connection.makeFolder('/data/kanilink-backups', 0o700, call()));
    expect(statSync(join(server.folder, 'kanilink-backups')).mode & 0o7777).toBe(0o700);
    value(await connection.kanidmd(['scripting', 'backup', '/data/kanilink-backups/x.json.gz'], call()));
    const backup = join(server.folder, 'kanilink-backups', 'x.json.gz');
    expect(statSync(backup).size).toBeGreaterThan(100);
    writeFileSync(join(server.folder, 'a-file'), '');
    expect(code(await connection.makeFolder('/data/a-file', 0o700, call()))).toBe('file-exists');
    expect(code(await connection.makeFolder('/data', 0o700, call()))).toBe('folder-too-open');
  });

  it('restarts it, keeps the policy, and follows the log through it without gap or repeat', async () => {
    const lines: { cursor: string; text: string }[] = [];
    const stop = new AbortController();
    const gaps: LogItem[] = [];
    const reading = (async () => {
      for await (const item of each(connection.logs({ since: 0 }, { follow: true, signal: stop.signal }))) {
        if (item.kind === 'line') lines.push({ cursor: item.cursor, text: item.text });
        else gaps.push(item);
      }
    })();
    await until(
      () => lines.length > 0,
      () => 'no line came',
    );
    const starts = () => lines.filter((line) => /Starting Kanidmd/.test(line.text)).length;
    const before = starts();
    expect(value(await connection.service.restart(call(30_000)))).toMatchObject({ state: 'running' });
    await until(
      () => starts() === before + 1,
      () => `the new start was not seen: ${JSON.stringify(gaps)}`,
    );
    const whole = engine.docker('logs', 'idm-a').split('\n').length;
    await until(
      () => lines.length >= whole,
      () => `${lines.length} of ${whole} lines`,
    );
    stop.abort();
    await reading;
    expect(gaps).toEqual([]);
    expect(new Set(lines.map((line) => line.cursor)).size).toBe(lines.length);
    const again: string[] = [];
    const from = lines[5]?.cursor ?? '';
    for await (const item of each(
      connection.logs({ cursor: from }, { follow: false, signal: call().signal }),
    )) {
      expect(item.kind).toBe('line');
      if (item.kind === 'line') again.push(item.cursor);
    }
    expect(again.slice(0, lines.length - 6)).toEqual(lines.slice(6).map((line) => line.cursor));
    expect(engine.docker('inspect', 'idm-a', '--format', '{{.HostConfig.RestartPolicy.Name}}')).toBe(
      'unless-stopped',
    );
  });

  it('stopped: files can be read and replaced, commands say it', async () => {
    expect(value(await connection.service.stop(call(30_000)))).toMatchObject({ state: 'stopped' });
    expect(code(await connection.kanidmd(['domain', 'show'], call()))).toBe('container-stopped');
    const content = value(await connection.readFile('/data/server.toml', { ...call(), maxBytes: 100_000 }));
    value(
      await connection.replaceFile('/data/server.toml', content.bytes, { ...call(), expect: content.sha256 }),
    );
    expect(value(await connection.service.start(call(30_000)))).toMatchObject({ state: 'running' });
    await untilUp(engine, 'idm-a');
  });
});
