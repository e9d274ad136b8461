import { chmodSync, chownSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ssh2, { type SFTPWrapper } from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { each } from '../../electron/engine/base/batches';
import type { LogItem, ServerConnection } from '../../electron/engine/connect/connection';
import { ConnectionPool } from '../../electron/engine/connect/common/pool';
import { sha256Of } from '../../electron/engine/connect/common/files';
import { CUT_MARK } from '../../electron/engine/connect/ssh/log/journal';
import { openSsh } from '../../electron/engine/connect/ssh/open-ssh';
import { value } from '../support/results';
import { call, missing, person, type Sshd, startSshd, until } from './sshd';

const open = async (sshd: Sshd) =>
  value(
    await openSsh(sshd.target(), person(), call(), {
      pool: new ConnectionPool(0),
      backoff: [10, 50, 100, 200, 400, 800],
    }),
  );

// A request is counted when it is sent; the connection is cut before that, or when its answer is there.
describe.skipIf(missing !== null).each(['before', 'after'] as const)(
  'a connection cut %s a request of replaceFile',
  (when) => {
    let sshd: Sshd;
    let server: ServerConnection;
    let requests = 0;
    let cutAt = Infinity;
    const names: string[] = [];

    beforeAll(async () => {
      sshd = await startSshd();
      sshd.trust('ed25519');
      const { sftp } = ssh2.Client.prototype;
      vi.spyOn(ssh2.Client.prototype, 'sftp').mockImplementation(function (this: ssh2.Client, ...args) {
        const done = args.find((argument) => typeof argument === 'function');
        return Reflect.apply(sftp, this, [
          (error: Error | undefined, wire: SFTPWrapper) => {
            if (wire) count(wire);
            if (done) Reflect.apply(done, undefined, [error, wire]);
          },
        ]);
      });
      server = await open(sshd);
    });
    afterAll(async () => {
      vi.restoreAllMocks();
      await server?.close();
      await sshd?.stop();
    });

    /** Puts a counter before every request of an SFTP channel. */
    function count(wire: SFTPWrapper): void {
      const requested = [
        'realpath',
        'stat',
        'open',
        'fstat',
        'read',
        'close',
        'write',
        'fchown',
        'fchmod',
        'unlink',
      ] as const;
      for (const name of [...requested, 'ext_openssh_fsync', 'ext_openssh_rename'] as const) {
        const real: unknown = Reflect.get(wire, name);
        if (typeof real !== 'function') throw new Error(name);
        Reflect.set(wire, name, (...args: unknown[]) => {
          const mine = ++requests;
          names[mine] = name;
          if (mine === cutAt && when === 'before') sshd.cut();
          const done = args.pop();
          return Reflect.apply(real, wire, [
            ...args,
            (...answer: unknown[]) => {
              // The server did it, and we never hear of it.
              if (mine === cutAt && when === 'after') sshd.cut();
              else if (typeof done === 'function') Reflect.apply(done, undefined, answer);
            },
          ]);
        });
      }
    }

    it('leaves the whole old or the whole new file, says which, and nothing beside it', async () => {
      const seen = new Set<string>();
      for (let point = 1; ; point++) {
        const old = Buffer.from(`# old ${point}\n${'x'.repeat(100_000)}`);
        const fresh = Buffer.from(`# new ${point}\n${'y'.repeat(100_000)}`);
        writeFileSync(sshd.config, old);
        chownSync(sshd.config, 4321, 8765);
        chmodSync(sshd.config, 0o440);
        value(await server.stat('/', call()));
        requests = 0;
        cutAt = point;
        const result = await server.replaceFile(sshd.config, fresh, { ...call(), expect: sha256Of(old) });
        const untouched = requests < point;
        cutAt = Infinity;
        const now = readFileSync(sshd.config);
        const at = `cut ${when} request ${point} (${names[point]}): ${result.ok ? 'ok' : result.error.code}`;
        expect(now.equals(result.ok ? fresh : old), at).toBe(true);
        expect(statSync(sshd.config), at).toMatchObject({ uid: 4321, gid: 8765, mode: 0o100440 });
        expect(readdirSync(dirname(sshd.config)), at).toEqual(['server.toml']);
        if (!result.ok) expect(result.error.code, at).toBe('connection-lost');
        if (untouched) break;
        seen.add(names[point] ?? '');
      }
      expect([...seen]).toEqual(
        expect.arrayContaining(['write', 'fchown', 'fchmod', 'ext_openssh_fsync', 'ext_openssh_rename']),
      );
    });
  },
);

/** A cut after the last answer is noticed by the next calls: until one is answered over a new connection. */
async function untilReached(server: ServerConnection): Promise<void> {
  for (let tries = 0; tries < 5; tries++) if ((await server.stat('/', call())).ok) return;
  value(await server.stat('/', call()));
}

describe.skipIf(missing !== null)('a connection cut while replaceFile goes by sudo', () => {
  let sshd: Sshd;
  afterEach(() => {
    vi.restoreAllMocks();
  });
  afterAll(() => sshd?.stop());

  it('leaves the whole old or the whole new file, says which, and nothing beside it', async () => {
    sshd = await startSshd();
    sshd.trust('ed25519');
    sshd.loginIs(54321);
    let programs = 0;
    let cutAt = Infinity;
    const { exec } = ssh2.Client.prototype;
    vi.spyOn(ssh2.Client.prototype, 'exec').mockImplementation(function (this: ssh2.Client, ...args) {
      if (++programs !== cutAt) return Reflect.apply(exec, this, args);
      // Half of the programs have begun by then, half have not.
      if (cutAt % 2 === 0) sshd.cut();
      const done = args.pop();
      return Reflect.apply(exec, this, [
        ...args,
        (...answer: unknown[]) => {
          if (cutAt % 2 === 1) sshd.cut();
          if (typeof done === 'function') Reflect.apply(done, undefined, answer);
        },
      ]);
    });
    const server = value(
      await openSsh(sshd.target({ sudo: true }), person(), call(), { pool: new ConnectionPool(0) }),
    );
    let cuts = 0;
    for (let point = 1; ; point++) {
      const old = Buffer.from(`# old ${point}\n`);
      const fresh = Buffer.from(`# new ${point}\n`);
      writeFileSync(sshd.config, old);
      chownSync(sshd.config, 4321, 8765);
      chmodSync(sshd.config, 0o440);
      await untilReached(server);
      programs = 0;
      cutAt = point;
      const result = await server.replaceFile(sshd.config, fresh, { ...call(), expect: sha256Of(old) });
      const untouched = programs < point;
      cutAt = Infinity;
      const at = `cut at program ${point}: ${result.ok ? 'ok' : result.error.code}`;
      expect(readFileSync(sshd.config).equals(result.ok ? fresh : old), at).toBe(true);
      expect(statSync(sshd.config), at).toMatchObject({ uid: 4321, gid: 8765, mode: 0o100440 });
      expect(readdirSync(dirname(sshd.config)), at).toEqual(['server.toml']);
      expect(
        readdirSync('/root').filter((name) => name.startsWith('.kanilink')),
        at,
      ).toEqual([]);
      if (!result.ok) cuts++;
      if (untouched) break;
    }
    expect(cuts).toBeGreaterThan(3);
    await server.close();
  });
});

describe.skipIf(missing !== null)('the log', () => {
  let sshd: Sshd;
  let server: ServerConnection;
  const journal = () => join(sshd.state, 'journal');
  const cursor = (n: number) =>
    `s=1;i=${n.toString(16)};t=${(1_795_451_507_000_000 + n * 1_000).toString(16)}`;
  const entry = (n: number, message: unknown = `line ${n}`) =>
    `${JSON.stringify({ __CURSOR: cursor(n), __REALTIME_TIMESTAMP: String(1_795_451_507_000_000 + n * 1_000), MESSAGE: message, _SYSTEMD_UNIT: 'kanidmd.service' })}\n`;
  const write = (from: number, to: number, flag: 'w' | 'a' = 'a') =>
    writeFileSync(journal(), Array.from({ length: to - from + 1 }, (_, i) => entry(from + i)).join(''), {
      flag,
    });
  const texts = (items: readonly LogItem[]) =>
    items.map((item) => (item.kind === 'line' ? item.text : item.kind));
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => `line ${from + i}`);

  /** Collects what a followed log gives until it is stopped. */
  function follow(from: { cursor: string } | { since: number }) {
    const abort = new AbortController();
    const items: LogItem[] = [];
    const done = (async () => {
      for await (const item of each(server.logs(from, { follow: true, signal: abort.signal })))
        items.push(item);
    })();
    return { items, stop: () => (abort.abort(), done), done };
  }

  beforeAll(async () => {
    sshd = await startSshd();
    sshd.trust('ed25519');
    server = await open(sshd);
  });
  afterAll(async () => {
    await server?.close();
    await sshd?.stop();
  });
  afterEach(() => rmSync(join(sshd.state, 'journalctl.sh'), { force: true }));

  it('is read once from a time, to its end', async () => {
    write(1, 5_000, 'w');
    const items: LogItem[] = [];
    for await (const item of each(
      server.logs({ since: 1_795_451_507_002 }, { follow: false, signal: call().signal }),
    ))
      items.push(item);
    expect(texts(items)).toEqual(lines(2, 5_000));
    expect(items[0]).toMatchObject({ at: 1_795_451_507_002_000, cursor: cursor(2), source: 'kanidmd' });
  });

  it('is followed, and the program on the server ends with it', async () => {
    write(1, 3, 'w');
    const log = follow({ since: 0 });
    await until(
      () => log.items.length === 3,
      () => `${log.items.length} items`,
    );
    write(4, 6);
    await until(
      () => log.items.length === 6,
      () => `${log.items.length} items`,
    );
    const pid = Number(readFileSync(join(sshd.state, 'journalctl.pid'), 'utf8'));
    await log.stop();
    expect(texts(log.items)).toEqual(lines(1, 6));
    await until(
      () => !alive(pid),
      () => 'journalctl goes on',
    );
  });

  it('goes on after lost connections without a gap or a repeat', async () => {
    write(1, 3, 'w');
    const log = follow({ since: 0 });
    for (let round = 1; round <= 4; round++) {
      await until(
        () => log.items.length === round * 3,
        () => `${texts(log.items).join()}`,
      );
      sshd.cut();
      write(round * 3 + 1, round * 3 + 3);
    }
    await until(
      () => log.items.length === 15,
      () => `${texts(log.items).join()}`,
    );
    await log.stop();
    expect(texts(log.items)).toEqual(lines(1, 15));
  });

  it('says so when the last line read is no longer kept', async () => {
    write(50, 60, 'w');
    const log = follow({ cursor: cursor(10) });
    await until(
      () => log.items.length === 12,
      () => `${texts(log.items).join()}`,
    );
    await log.stop();
    expect(texts(log.items)).toEqual(['gap', ...lines(50, 60)]);
  });

  it('goes on from a cursor that is kept, without a word about a gap', async () => {
    write(1, 20, 'w');
    const log = follow({ cursor: cursor(15) });
    await until(
      () => log.items.length === 5,
      () => `${texts(log.items).join()}`,
    );
    await log.stop();
    expect(texts(log.items)).toEqual(lines(16, 20));
  });

  it('gives up with the cause when the server stays away', async () => {
    const away = await startSshd();
    away.trust('ed25519');
    const far = await open(away);
    writeFileSync(join(away.state, 'journal'), entry(1));
    const items: LogItem[] = [];
    for await (const item of each(far.logs({ since: 0 }, { follow: true, signal: call().signal }))) {
      items.push(item);
      if (item.kind === 'line') await away.stop();
    }
    expect(items.map((item) => (item.kind === 'fault' ? item.fault.code : item.kind))).toEqual([
      'line',
      'connection-refused',
    ]);
    await far.close();
  });

  it('that may not be read is a fault, not silence', async () => {
    writeFileSync(
      join(sshd.state, 'journalctl.sh'),
      `echo 'Hint: You are currently not seeing messages from other users and the system.' >&2; exit 0`,
    );
    const items: LogItem[] = [];
    for await (const item of each(server.logs({ since: 0 }, { follow: true, signal: call().signal })))
      items.push(item);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ kind: 'fault', fault: { code: 'journal-not-readable' } });
  });

  it('reads what a real journal prints, bytes included', async () => {
    writeFileSync(
      journal(),
      entry(1, [27, 91, 51, 49, 109, 114, 195, 188]) +
        entry(2, null) +
        'no entry\n' +
        entry(3, 'x'.repeat(1_000_000)),
    );
    const items: LogItem[] = [];
    for await (const item of each(server.logs({ since: 0 }, { follow: false, signal: call().signal })))
      items.push(item);
    expect(items.map((item) => (item.kind === 'line' ? item.text.length : item.kind))).toEqual([
      7,
      38,
      'gap',
      // Cut, with a mark.
      4_000 + CUT_MARK.length,
    ]);
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
