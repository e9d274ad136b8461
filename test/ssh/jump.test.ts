import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Prompter } from '../../electron/engine/connect/connection';
import { ConnectionPool } from '../../electron/engine/connect/common/pool';
import { openSsh } from '../../electron/engine/connect/ssh/open-ssh';
import { fault, value } from '../support/results';
import { call, keygen, missing, person, type Sshd, startSshd, until } from './sshd';

describe.skipIf(missing !== null)('a server behind two other hosts', () => {
  let outer: Sshd;
  let inner: Sshd;
  let server: Sshd;
  const ssh = (...parts: string[]) => join(server.home, '.ssh', ...parts);
  const open = (who: Prompter = person()) =>
    openSsh(server.target(), who, call(), { pool: new ConnectionPool(0) });
  const isKnown = (host: Sshd) => {
    const key = readFileSync(join(host.folder, 'host', 'ed25519.pub'), 'utf8').split(' ');
    appendFileSync(ssh('known_hosts'), `[127.0.0.1]:${host.port} ${key[0]} ${key[1]}\n`);
  };
  const accepted = (host: Sshd) => host.log().match(/Accepted publickey/g)?.length ?? 0;

  beforeAll(async () => {
    [outer, inner, server] = [await startSshd(), await startSshd(), await startSshd()];
  });
  afterAll(async () => {
    for (const host of [outer, inner, server]) await host?.stop();
  });
  beforeEach(() => {
    rmSync(ssh(), { recursive: true, force: true });
    mkdirSync(ssh(), { mode: 0o700 });
    writeFileSync(
      ssh('config'),
      `Host 127.0.0.1
  ProxyJump outer,inner
Host outer
  HostName 127.0.0.1
  User root
  Port ${outer.port}
  IdentityFile ${outer.key}
Host inner
  HostName 127.0.0.1
  User root
  Port ${inner.port}
  IdentityFile ${inner.key}
`,
    );
  });

  it('is reached through both, and no connection stays when it is closed', async () => {
    [outer, inner, server].forEach(isKnown);
    const before = [outer, inner, server].map(accepted);
    const connection = value(await open());
    expect(value(await connection.kanidmd(['version'], call())).stdout).toContain('1.10.5');
    expect([outer, inner, server].map(accepted)).toEqual(before.map((count) => count + 1));
    await connection.close();
    for (const host of [outer, inner, server])
      await until(
        () => /(Disconnected from|Connection closed|disconnected by user)/.test(host.log()),
        () => `still connected:\n${host.log()}`,
      );
  });

  it('has every key on the way asked about, each under the name of its own host', async () => {
    const who = person({ accept: true });
    await value(await open(who)).close();
    expect(who.asked).toEqual(
      [outer, inner, server].map(
        (host) => `host key [127.0.0.1]:${host.port} ssh-ed25519 ${host.fingerprint('ed25519')}`,
      ),
    );
    const again = person();
    await value(await open(again)).close();
    expect(again.asked).toEqual([]);
  });

  it('is not reached when the key of a host on the way has changed, and that host is named', async () => {
    isKnown(outer);
    keygen('-t', 'ed25519', '-f', join(server.folder, `other-${Date.now()}`));
    const wrong = readFileSync(join(server.folder, 'key.pub'), 'utf8').split(' ');
    appendFileSync(ssh('known_hosts'), `[127.0.0.1]:${inner.port} ${wrong[0]} ${wrong[1]}\n`);
    const before = accepted(server);
    const blocked = fault(await open(person({ accept: true })));
    expect(blocked.code).toBe('host-key-changed');
    expect(blocked.message).toContain(`on the way, at root@127.0.0.1:${inner.port}`);
    expect(accepted(server)).toBe(before);
  });

  it('is lost with the host on the way, and the next call goes the whole way again', async () => {
    [outer, inner, server].forEach(isKnown);
    const connection = value(await open());
    value(await connection.stat('/', call()));
    const running = connection.kanidmd(['slow'], call());
    await until(
      () => readFileSync(join(server.state, 'kanidmd.asked'), 'utf8').includes('slow'),
      () => 'it did not start',
    );
    outer.cut();
    expect(fault(await running).code).toBe('connection-lost');
    value(await connection.stat('/', call()));
    await connection.close();
  });

  it('that the host on the way does not let through is said to be refused there', async () => {
    [outer, inner, server].forEach(isKnown);
    await inner.restart({ lines: 'AllowTcpForwarding no' });
    const refused = fault(await open());
    await inner.restart({});
    expect(refused.code).toBe('jump-refused');
    expect(refused.message).toContain(`at root@127.0.0.1:${inner.port}`);
    expect(refused.message).toContain(`127.0.0.1:${server.port}`);
  });
});
