import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServerConnection } from '../../electron/engine/connect/connection';
import { ConnectionPool } from '../../electron/engine/connect/pool';
import { openSsh } from '../../electron/engine/connect/ssh/open-ssh';
import { sha256Of } from '../../electron/engine/connect/ssh/files';
import { fault, value } from './results';
import { call, missing, person, type Sshd, startSshd } from './sshd';

const OLD = '# old\ndomain = "example.com"\n';
const bytes = (text: string) => new TextEncoder().encode(text);

/** What other programs left behind, or are at work in, where the names are the same each time. */
describe.skipIf(missing !== null)('by sudo, a folder that is there already', () => {
  let sshd: Sshd;
  let server: ServerConnection;
  let unit: string;
  const folder = () => join(dirname(sshd.config), '.kanilink-sudo');
  const lock = (end = '') => `/run/lock/kanilink-${unit}.service${end}`;
  const replace = () =>
    server.replaceFile(sshd.config, bytes('# new\n'), { ...call(), expect: sha256Of(bytes(OLD)) });
  /** With something in it, as a killed program leaves it. */
  const leave = (path: string, minutesAgo: number) => {
    mkdirSync(path);
    writeFileSync(join(path, 'new'), 'half of a fi');
    const at = Date.now() / 1000 - minutesAgo * 60;
    utimesSync(path, at, at);
  };
  const narrow = (on: boolean) => {
    const path = join(sshd.state, 'sudo.narrow');
    if (on) writeFileSync(path, '');
    else rmSync(path, { force: true });
  };

  beforeAll(async () => {
    sshd = await startSshd();
    sshd.trust('ed25519');
    unit = `left-${process.pid}`;
    const target = sshd.target({ sudo: true, service: unit });
    server = value(await openSsh(target, person(), call(), { pool: new ConnectionPool(0) }));
  });
  afterAll(async () => {
    await server?.close();
    await sshd?.stop();
  });
  beforeEach(() => {
    writeFileSync(sshd.config, OLD);
    rmSync(folder(), { recursive: true, force: true });
    narrow(false);
  });

  it('from just now is left alone: the work is done beside it, or not at all', async () => {
    leave(folder(), 1);
    narrow(true);
    expect(fault(await replace()).code).toBe('folder-taken');
    expect(fault(await server.testConfig(bytes(OLD), call())).code).toBe('folder-taken');
    expect(readFileSync(sshd.config, 'utf8')).toBe(OLD);
    narrow(false);
    value(await replace());
    expect(readFileSync(sshd.config, 'utf8')).toBe('# new\n');
    expect(readdirSync(dirname(sshd.config)).sort()).toEqual(['.kanilink-sudo', 'server.toml']);
    expect(readdirSync(folder())).toEqual(['new']);
  });

  it('from long ago was left behind, and goes', async () => {
    leave(folder(), 3);
    narrow(true);
    value(await replace());
    expect(readFileSync(sshd.config, 'utf8')).toBe('# new\n');
    expect(readdirSync(dirname(sshd.config))).toEqual(['server.toml']);
    // Beside a database a backup may be under way for longer.
    leave(folder(), 3);
    expect(fault(await server.scratch(call())).code).toBe('folder-taken');
    rmSync(folder(), { recursive: true });
    leave(folder(), 11);
    const scratch = value(await server.scratch(call()));
    expect(scratch.path).toBe(folder());
    expect(readdirSync(folder())).toEqual([]);
    value(await scratch.remove(call()));
  });

  it('is no lock: one that is being made is respected, what is left of one is not', async () => {
    narrow(true);
    const asked = { ...call(), takeOver: false };
    const owner = { who: 'ada', host: 'desk', deploy: 'd1', since: Date.now() };
    leave(lock('.new'), 1);
    expect(fault(await server.lock(owner, asked)).code).toBe('locked');
    expect(existsSync(lock())).toBe(false);
    rmSync(lock('.new'), { recursive: true });
    leave(lock('.new'), 3);
    leave(lock('.old'), 3);
    const held = value(await server.lock(owner, asked));
    value(await held.check(call()));
    const refused = fault(await server.lock({ ...owner, deploy: 'd2' }, asked));
    expect(refused.code).toBe('locked');
    expect(refused.detail).toContain('deploy d1');
    value(await held.release(call()));
    expect(readdirSync('/run/lock').filter((name) => name.includes(unit))).toEqual([]);
  });
});
