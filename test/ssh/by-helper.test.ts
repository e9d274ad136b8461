import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HelperView, ServerConnection } from '../../electron/engine/connect/connection';
import { ConnectionPool } from '../../electron/engine/connect/common/pool';
import { sha256Of } from '../../electron/engine/connect/common/files';
import { openSsh } from '../../electron/engine/connect/ssh/open-ssh';
import { fault, value } from '../support/results';
import { call, missing, person, type Sshd, startSshd } from './sshd';

const idOf = (what: string) => Number(execFileSync('id', [what, 'games'], { encoding: 'utf8' }));
const bytes = (text: string) => new TextEncoder().encode(text);

// A login whom sudo lets run one program, which is the helper that Kanilink made: every promise of a connection holds.
describe.skipIf(missing !== null)('a server, by its helper alone', () => {
  const unit = `by-helper-${process.pid}.service`;
  const games = { uid: idOf('-u'), gid: idOf('-g') };
  let sshd: Sshd;
  let root: string;
  let text: string;
  let made: HelperView;
  let server: ServerConnection;
  const config = () => join(root, 'etc/server.toml');
  const data = () => join(root, 'data');
  const open = async () => {
    const target = sshd.target({
      sudo: true,
      service: unit,
      config: config(),
      kanidmd: join(root, 'kanidmd'),
    });
    return value(await openSsh(target, person(), call(), { pool: new ConnectionPool(0) }));
  };
  const state = (name: string, content: string) => writeFileSync(join(sshd.state, name), content);

  beforeAll(async () => {
    sshd = await startSshd();
    sshd.trust('ed25519');
    state('unit.name', unit);
    sshd.serviceRunsAs('games');
    // Every folder above has to be root's, which those of a temporary folder are not.
    root = mkdtempSync('/var/lib/kanilink-test-');
    chmodSync(root, 0o755);
    for (const name of ['etc', 'data']) mkdirSync(join(root, name));
    chownSync(data(), games.uid, games.gid);
    text = `domain = "example.com"\norigin = "https://example.com"\ndb_path = "${data()}/kanidm.db"\n`;
    writeFileSync(config(), text);
    writeFileSync(
      join(root, 'kanidmd'),
      '#!/bin/sh\ncase $* in *backup*) echo packed > "$3" ;; configtest*) echo "This config rocks!" ;; *) echo "$(id -u) $*" ;; esac\n',
    );
    chmodSync(join(root, 'kanidmd'), 0o755);
    // Made by root; from then on the login is somebody else.
    const asRoot = await open();
    made = value(await asRoot.helper!({ ...call(), user: 'ada', database: null }));
    await asRoot.close();
    sshd.loginIs(54321);
    state('sudo.only', made.path);
    server = await open();
  });
  afterAll(async () => {
    await server?.close();
    if (made) rmSync(made.path, { force: true });
    if (root) rmSync(root, { recursive: true });
    await sshd?.stop();
  });

  it('is refused while there is none, and the message says what makes one', async () => {
    const refused = fault(await server.kanidmd(['domain', 'show'], call()));
    expect(refused.code).toBe('sudo-refused');
    expect(refused.fix).toContain('kanilink helper FLEET --server idm-b');
    expect(made.sudoers).toBe(`ada ALL=(root) NOPASSWD: ${made.path}`);
    expect(made.warning).toContain('treat the account as you treat root');
    writeFileSync(made.path, made.text, { mode: 0o755 });
    chmodSync(made.path, 0o755);
  });

  it('is read, tested and replaced', async () => {
    expect(value(await server.kanidmd(['domain', 'show'], call())).stdout).toBe(
      `${games.uid} domain show -c ${config()}\n`,
    );
    const read = value(await server.readFile(config(), { ...call(), maxBytes: 10_000 }));
    expect(Buffer.from(read.bytes).toString()).toBe(text);
    expect(read.stat).toMatchObject({ kind: 'file', uid: 0 });
    expect(value(await server.testConfig(read.bytes, call())).accepted).toBe(true);
    const asked = { ...call(), expect: read.sha256 };
    const next = bytes(`${text}# next\n`);
    expect(value(await server.replaceFile(config(), next, asked))).toBe(sha256Of(next));
    expect(fault(await server.replaceFile(config(), next, asked)).code).toBe('file-changed');
    expect(readFileSync(config(), 'utf8')).toBe(`${text}# next\n`);
    expect(fault(await server.readFile(config(), { ...call(), maxBytes: 10 })).code).toBe('file-too-large');
    expect(value(await server.service.state(call())).state).toBe('running');
    expect(value(await server.facts(call())).configPath).toBe(config());
    expect(readdirSync(join(root, 'etc'))).toEqual(['server.toml']);
  });

  it('is backed up and compared, and nothing else is done in its name', async () => {
    const folder = join(data(), 'kanilink-backups');
    value(await server.makeFolder(folder, 0o700, call()));
    expect(value(await server.stat(folder, call()))).toMatchObject({
      kind: 'folder',
      mode: 0o700,
      uid: games.uid,
    });
    for (const name of ['idm-b-20261128T120000000Z.json.gz', 'idm-b-20261128T120000000Z.json']) {
      const backup = join(folder, name);
      expect(value(await server.stat(backup, call()))).toBeNull();
      expect(fault(await server.readFile(backup, { ...call(), maxBytes: 100 })).code).toBe('no-such-file');
      value(await server.kanidmd(['scripting', 'backup', backup], call()));
      const read = value(await server.readFile(backup, { ...call(), maxBytes: 100 }));
      expect(Buffer.from(read.bytes).toString()).toBe('packed\n');
      expect(statSync(backup).uid).toBe(games.uid);
    }
    expect(value(await server.freeSpace(folder, call()))).toBeGreaterThan(0);
    const scratch = value(await server.scratch({ ...call(), beside: data() }));
    const compared = join(scratch.path, 'compare.json.gz');
    value(await server.kanidmd(['scripting', 'backup', compared], call()));
    value(await server.readFile(compared, { ...call(), maxBytes: 100 }));
    value(await scratch.remove(call()));
    expect(existsSync(scratch.path)).toBe(false);
    value(await value(await server.scratch({ ...call(), again: scratch.path })).remove(call()));
    for (const other of [
      await server.kanidmd(['scripting', 'backup', '/etc/cron.d/x.json.gz'], call()),
      await server.kanidmd(['recover-account', 'admin'], call()),
      await server.makeFolder('/etc/x', 0o700, call()),
      await server.scratch({ ...call(), beside: '/etc' }),
      await server.replaceFile('/etc/passwd', bytes('x'), { ...call(), expect: sha256Of(bytes('x')) }),
    ])
      expect(fault(other).code).toBe('helper-cannot');
  });

  it('is locked by one, and given back', async () => {
    const owner = (deploy: string) => ({ who: 'ada', host: 'desk', deploy, since: Date.now() });
    const asked = { ...call(), takeOver: false };
    const held = value(await server.lock(owner('one'), asked));
    const refused = fault(await server.lock(owner('two'), asked));
    expect(refused).toMatchObject({ code: 'locked', detail: expect.stringContaining('deploy one') });
    value(await held.check(call()));
    const again = value(await server.lock(owner('one'), { ...call(), takeOver: 'own' }));
    expect(fault(await held.check(call())).code).toBe('lock-lost');
    value(await held.release(call()));
    value(await again.release(call()));
    expect(readdirSync('/run').filter((name) => name.includes(unit))).toEqual([]);
  });

  it('runs no helper that was changed, that others may change, or that was made for something else', async () => {
    const read = async () => {
      const fresh = await open();
      const answer = await fresh.readFile(config(), { ...call(), maxBytes: 10_000 });
      await fresh.close();
      return answer.ok ? 'ok' : answer.error.code;
    };
    const put = () => {
      rmSync(made.path, { force: true });
      writeFileSync(made.path, made.text);
      chmodSync(made.path, 0o755);
    };
    expect(await read()).toBe('ok');
    appendFileSync(made.path, 'id\n');
    expect(await read()).toBe('helper-outdated');
    put();
    chmodSync(made.path, 0o775);
    expect(await read()).toBe('helper-changed');
    put();
    chownSync(made.path, games.uid, 0);
    expect(await read()).toBe('helper-changed');
    rmSync(made.path);
    symlinkSync(join(root, 'kanidmd'), made.path);
    expect(await read()).toBe('helper-outdated');
    put();
    sshd.serviceRunsAs('daemon');
    expect(await read()).toBe('helper-outdated');
    sshd.serviceRunsAs('games');
    expect(await read()).toBe('ok');
  });
});
