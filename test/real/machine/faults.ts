import ssh2 from 'ssh2';
import { expect, it, vi } from 'vitest';
import { each } from '../../../electron/engine/base/batches';
import type { LogItem } from '../../../electron/engine/connect/connection';
import { sha256Of } from '../../../electron/engine/connect/common/files';
import { fault, value } from '../../support/results';
import { call, until } from '../../ssh/sshd';
import type { Workbench } from './workbench';

const bytes = (text: string) => new TextEncoder().encode(text);
const CONFIG = '/etc/kanidm/server.toml';
const every = process.env['KANILINK_LONG'] === '1' ? 1 : 3;

/** What goes wrong between here and a machine, or on it: each with its own fault, and never half a file. */
export function faultsHold(bench: () => Workbench): void {
  const run = (...argv: string[]) => bench().machine.run(...argv);
  const shell = (script: string) => run('/bin/sh', '-c', script);
  const open = async (...asked: Parameters<Workbench['open']>) => value(await bench().open(...asked));
  const asRoot = () => ({ sudo: false, ...bench().asRoot });
  /** As the machine's own: sshd's processes for connections, killed as a crash would. */
  const killSessions = () =>
    shell(
      'main=$(systemctl show ssh --property=MainPID --value); kill -KILL $(cat /proc/$main/task/$main/children)',
    );

  it('a replacement whose sshd is killed at any program leaves the old or the new file, by real sudo', async () => {
    const original = shell(`cat ${CONFIG}; echo .`).slice(0, -1);
    const server = await open();
    let programs = 0;
    let cutAt = Infinity;
    const { exec } = ssh2.Client.prototype;
    vi.spyOn(ssh2.Client.prototype, 'exec').mockImplementation(function (this: ssh2.Client, ...args) {
      const started = Reflect.apply(exec, this, args);
      if (++programs === cutAt) killSessions();
      return started;
    });
    let now = original;
    let cuts = 0;
    try {
      for (let point = 1; ; point += every) {
        const fresh = `${original}# ${point}\n`;
        const noticed = await server.stat('/', call());
        if (!noticed.ok) value(await server.stat('/', call()));
        [programs, cutAt] = [0, point];
        const asked = { ...call(20_000), expect: sha256Of(bytes(now)) };
        const replaced = await server.replaceFile(CONFIG, bytes(fresh), asked);
        const untouched = programs < point;
        cutAt = Infinity;
        const where = `killed at program ${point}: ${replaced.ok ? 'ok' : replaced.error.code}`;
        now = replaced.ok ? fresh : now;
        expect(shell(`cat ${CONFIG}; echo .`).slice(0, -1), where).toBe(now);
        expect(run('stat', '-c', '%U:%G %a', CONFIG), where).toBe('root:kanidm 440');
        expect(shell('ls -A /etc/kanidm'), where).not.toContain('.kanilink');
        if (!replaced.ok) {
          expect(replaced.error.code, where).toBe('connection-lost');
          cuts++;
        }
        if (untouched) break;
      }
    } finally {
      vi.restoreAllMocks();
    }
    expect(cuts).toBeGreaterThan(3);
    const last = { ...call(20_000), expect: sha256Of(bytes(now)) };
    value(await server.replaceFile(CONFIG, bytes(original), last));
    await server.close();
  });

  it('a full disk and a read-only one are said, and the old file stays whole', async () => {
    shell(
      `mkdir /mnt/small && mount -t tmpfs -o size=64k,mode=0755 tmpfs /mnt/small && printf old > /mnt/small/a.toml`,
    );
    const asked = { ...call(20_000), expect: sha256Of(bytes('old')) };
    for (const who of [asRoot(), {}]) {
      const server = await open(who);
      const full = fault(await server.replaceFile('/mnt/small/a.toml', Buffer.alloc(200_000, '#'), asked));
      expect(full.code).toBe('disk-full');
      run('mount', '-o', 'remount,ro', '/mnt/small');
      const closed = fault(await server.replaceFile('/mnt/small/a.toml', bytes('new'), asked));
      expect(closed.code).toBe('file-operation-failed');
      expect(closed.fix).toContain('read-only');
      run('mount', '-o', 'remount,rw', '/mnt/small');
      expect(run('ls', '-A', '/mnt/small')).toBe('a.toml');
      expect(run('cat', '/mnt/small/a.toml')).toBe('old');
      await server.close();
    }
    run('umount', '/mnt/small');
  });

  it('a user without rights is told what is missing, and changes nothing', async () => {
    const server = await open({ sudo: false });
    const before = run('sha256sum', CONFIG).split(' ')[0] ?? '';
    const limits = { ...call(), maxBytes: 100_000 };
    expect(fault(await server.readFile(CONFIG, limits)).code).toBe('permission-denied');
    const asked = { ...call(), expect: before as never };
    expect(fault(await server.replaceFile(CONFIG, bytes('x'), asked)).code).toBe('permission-denied');
    expect(fault(await server.testConfig(bytes(''), call())).code).toBe('permission-denied');
    const restart = fault(await server.service.restart(call(20_000)));
    expect(restart.code).toBe('service-command-failed');
    expect(restart.fix).toContain('sudo = true');
    const items: LogItem[] = [];
    const limit = AbortSignal.timeout(15_000);
    for await (const item of each(server.logs({ since: 0 }, { follow: true, signal: limit })))
      items.push(item);
    expect(items, bench().seenAsAda('journalctl', '--lines=1', '--unit=kanidmd')).toMatchObject([
      { kind: 'fault', fault: { code: 'journal-not-readable' } },
    ]);
    expect(run('sha256sum', CONFIG).split(' ')[0]).toBe(before);
    expect(run('systemctl', 'is-active', 'kanidmd')).toBe('active');
    await server.close();
  });

  it('a link of 200 ms makes everything slow and nothing wrong', async () => {
    const { link } = bench();
    link.delay(100);
    try {
      const server = await open(asRoot(), undefined, 30_000);
      const limits = { ...call(60_000), maxBytes: 100_000 };
      const config = value(await server.readFile(CONFIG, limits));
      const asked = { ...call(60_000), expect: config.sha256 };
      expect(value(await server.replaceFile(CONFIG, config.bytes, asked))).toBe(config.sha256);
      expect(value(await server.kanidmd(['domain', 'show'], call(60_000))).stdout).toContain('domain_uuid');
      const facts = value(await server.facts(call(60_000)));
      // Half the way there is taken off: the clocks are the same one.
      expect(Math.abs(facts.clockOffsetMs ?? Infinity)).toBeLessThan(150);
      let lines = 0;
      for await (const item of each(server.logs({ since: 0 }, { follow: false, signal: call().signal }))) {
        expect(item.kind).toBe('line');
        lines++;
      }
      expect(lines).toBeGreaterThan(3);
      await server.close();
    } finally {
      link.delay(0);
    }
  });

  it('a server that goes silent in the middle runs into the limit, and so does one that never speaks', async () => {
    const { link } = bench();
    const server = await open(asRoot());
    link.freeze();
    try {
      expect(fault(await server.kanidmd(['version'], call(400))).code).toBe('timed-out');
      expect(fault(await bench().open({ ...bench().asAda, id: 'other' }, undefined, 400)).code).toBe(
        'timed-out',
      );
    } finally {
      link.cut();
    }
    // The call that finds the connection broken says so; the next one has a new one.
    await server.kanidmd(['version'], call(20_000));
    expect(value(await server.kanidmd(['version'], call(20_000))).exitCode).toBe(0);
    await server.close();
  });

  it('a host key that changes between two connections ends calls and logs, and nobody is asked', async () => {
    const server = await open(asRoot());
    const items: LogItem[] = [];
    const following = (async () => {
      for await (const item of each(server.logs({ since: 0 }, { follow: true, signal: call().signal })))
        items.push(item);
    })();
    await until(
      () => items.length > 3,
      () => 'no lines came',
    );
    shell(
      'cd /etc/ssh && mkdir /root/keys && mv ssh_host_* /root/keys/ && ssh-keygen -q -A && systemctl restart ssh',
    );
    bench().link.cut();
    await following;
    expect(items.at(-1)).toMatchObject({ kind: 'fault', fault: { code: 'host-key-changed' } });
    expect(fault(await server.kanidmd(['version'], call())).code).toBe('host-key-changed');
    shell('cd /etc/ssh && rm ssh_host_* && mv /root/keys/* . && rmdir /root/keys && systemctl restart ssh');
    expect(value(await server.kanidmd(['version'], call(20_000))).exitCode).toBe(0);
    await server.close();
  });

  it('output that is not UTF-8 is shown, and a unit that goes is said to be gone', async () => {
    const unit = '[Service]\nType=oneshot\nExecStart=/usr/local/bin/told bytes\nRemainAfterExit=yes\n';
    run('/bin/sh', '-c', 'printf %s "$1" > /etc/systemd/system/odd.service', 'sh', unit);
    shell('systemctl daemon-reload && systemctl start odd');
    const server = await open({ ...asRoot(), service: 'odd', kanidmd: '/usr/local/bin/told' });
    expect(value(await server.kanidmd(['bytes'], call())).stdout).toBe('a\uFFFDb');
    const texts: string[] = [];
    for await (const item of each(server.logs({ since: 0 }, { follow: false, signal: call().signal })))
      if (item.kind === 'line') texts.push(item.text);
    expect(texts).toContain('a\uFFFDb');
    shell(
      'systemctl stop odd; rm /etc/systemd/system/odd.service; systemctl daemon-reload; systemctl reset-failed',
    );
    for (const gone of [
      await server.service.state(call()),
      await server.service.restart(call()),
      await server.facts(call()),
    ])
      expect(fault(gone).code).toBe('unit-not-found');
    await server.close();
  });
}
