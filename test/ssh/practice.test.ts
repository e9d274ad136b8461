import { readFileSync, statSync, utimesSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { each } from '../../electron/engine/base/batches';
import type { LogItem, ServerConnection } from '../../electron/engine/connect/connection';
import { type PracticeFleet, startPracticeFleet } from '../../practice/host/fleet';
import { bundleKanidmd } from '../../practice/kanidmd/conformance/bundle';
import { value } from '../support/results';
import { openPractice } from './open-practice';
import { call } from './sshd';

// The practice machine is another SSH server with another idea of its commands: the connection must hold there as well.
describe.each([{ sudo: false }, { sudo: true }])('a practice machine, sudo: $sudo', ({ sudo }) => {
  let program: string;
  let home: string;
  let fleet: PracticeFleet;
  let server: ServerConnection;

  beforeAll(async () => {
    program = await bundleKanidmd();
    home = await mkdtemp(join(tmpdir(), 'kanilink-home-'));
    fleet = await startPracticeFleet({
      servers: 1,
      kanidmd: program,
      pollIntervalSeconds: 1,
      replication: () => true,
    });
    server = await openPractice(fleet, { sudo, home, knownHosts: join(home, 'known_hosts') });
  });
  afterAll(async () => {
    await server?.close();
    await fleet?.close();
    if (program) await rm(dirname(program), { recursive: true });
    if (home) await rm(home, { recursive: true });
  });

  it('tells when its config was changed, though its time was kept', async () => {
    const { config } = fleet.machine('idm-a');
    utimesSync(config, 1, 1);
    const noted = Math.floor(statSync(config).ctimeMs / 1000) * 1000;
    expect(value(await server.stat(config, call()))?.modifiedAt).toBe(1000);
    expect(value(await server.facts(call())).configChangedAt).toBe(noted);
  });

  it('tells where its config is, when it started and how it runs', async () => {
    const facts = value(await server.facts(call()));
    expect(facts.configPath).toBe(fleet.machine('idm-a').config);
    expect(facts).toMatchObject({ manager: 'systemd', service: { state: 'running' } });
    expect(facts.startedAt).toBeLessThanOrEqual(Date.now() + 5_000);
  });

  it('runs kanidmd, and tests a config beside the running one without touching it', async () => {
    expect(value(await server.kanidmd(['version'], call())).stdout).toMatch(/^kanidmd 1\.10\.5/);
    const { config } = fleet.machine('idm-a');
    const good = value(await server.testConfig(readFileSync(config), call(20_000)));
    expect(good).toMatchObject({ accepted: true });
    const bad = value(await server.testConfig(Buffer.from('nonsense = true\n'), call(20_000)));
    expect(bad.accepted).toBe(false);
    expect(value(await server.kanidmd(['domain', 'show'], call())).stdout).toContain('domain_uuid');
  });

  it('has its config replaced, owner and mode kept', async () => {
    const { config } = fleet.machine('idm-a');
    const before = statSync(config);
    const read = value(await server.readFile(config, { ...call(), maxBytes: 1_000_000 }));
    const bytes = Buffer.concat([read.bytes, Buffer.from('# by hand\n')]);
    value(await server.replaceFile(config, bytes, { ...call(), expect: read.sha256 }));
    expect(readFileSync(config).equals(bytes)).toBe(true);
    const { uid, gid, mode } = statSync(config);
    expect({ uid, gid, mode }).toEqual({ uid: before.uid, gid: before.gid, mode: before.mode });
  });

  it('keeps backups in a private folder, and tells the space for them', async () => {
    const folder = join(dirname(fleet.machine('idm-a').config), 'backups');
    value(await server.makeFolder(folder, 0o700, call()));
    expect(value(await server.freeSpace(folder, call()))).toBeGreaterThan(0);
    const path = join(folder, 'one.json.gz');
    value(await server.kanidmd(['scripting', 'backup', path], call()));
    const { bytes } = value(await server.readFile(path, { ...call(), maxBytes: 100_000_000 }));
    expect([...bytes.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
  });

  it('restarts, and its followed log shows it from a cursor on', async () => {
    const first: LogItem[] = [];
    for await (const item of each(server.logs({ since: 0 }, { follow: false, signal: call().signal })))
      first.push(item);
    const last = first.at(-1);
    if (last?.kind !== 'line') throw new Error('no lines');
    expect(value(await server.service.restart(call(20_000))).state).toBe('running');
    const abort = new AbortController();
    const sources = new Set<string>();
    for await (const item of each(
      server.logs({ cursor: last.cursor }, { follow: true, signal: abort.signal }),
    )) {
      if (item.kind !== 'line') throw new Error(JSON.stringify(item));
      sources.add(item.source);
      if (sources.size === 2 && item.text.includes('ready to rock')) abort.abort();
    }
    expect([...sources].sort()).toEqual(['kanidmd', 'manager']);
  });
});
