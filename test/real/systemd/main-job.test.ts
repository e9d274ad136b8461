import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleKanidmd } from '../../../practice/kanidmd/conformance/bundle';
import type { Fault } from '../../../shared/result';
import { ConnectionPool } from '../../../electron/engine/connect/pool';
import { openSsh } from '../../../electron/engine/connect/ssh/open-ssh';
import { fault, value } from '../../ssh/results';
import { call, person, until } from '../../ssh/sshd';
import { missing, startEngine, type TestEngine } from '../docker/support/engine';
import { engineOf, fleetText, pairAndProve } from '../docker/support/job';
import { importDebian, startMachine, type SystemdMachine } from './support/machine';
import { debianRootFs } from './support/root-fs';

const debian = missing === null ? await debianRootFs() : { missing };
if ('missing' in debian) process.stderr.write(`skipped: test/real/systemd: ${debian.missing}\n`);

/** The programs Kanilink runs as root, whatever their arguments: file names are new each time. */
const PROGRAMS =
  'kanidmd systemctl journalctl stat cat readlink test install sync mv rm mkdir chmod chown chcon df'
    .split(' ')
    .map((program) => (program === 'kanidmd' ? '/usr/sbin/kanidmd' : `/usr/bin/${program}`));

describe.skipIf('missing' in debian)('real systemd machines', () => {
  let engine: TestEngine;
  let program: string;

  beforeAll(async () => {
    if ('missing' in debian) return;
    program = await bundleKanidmd();
    engine = await startEngine();
    importDebian(engine, debian.tar);
  }, 120_000);
  afterAll(async () => {
    await engine?.close();
    if (program) await rm(dirname(program), { recursive: true });
  });

  /** A home folder on this side whose known_hosts has the machines. */
  const homeThatKnows = (name: string, ...machines: readonly SystemdMachine[]): string => {
    const home = join(engine.folder, name);
    mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 });
    const known = machines.map(({ run, sshPort }) => {
      const [type, key] = run('cat', '/etc/ssh/ssh_host_ed25519_key.pub').split(' ');
      return `[127.0.0.1]:${sshPort} ${type} ${key}\n`;
    });
    writeFileSync(join(home, '.ssh', 'known_hosts'), known.join(''));
    return home;
  };

  it('do the main job, SSH and SSH: sudo for a few programs, a dynamic user, root:kanidm 0440', async () => {
    const sudoers = `ada ALL=(root) NOPASSWD: ${PROGRAMS.join(', ')}\n`;
    const a = await startMachine(engine, 'metal-a', program, { service: ['User=kanidm'], sudoers });
    const b = await startMachine(engine, 'metal-b', program, {
      service: ['DynamicUser=yes', 'User=kanidm-dynamic', 'SupplementaryGroups=kanidm'],
      sudoers,
    });
    const home = homeThatKnows('home', a, b);
    const { engine: kanilink, close } = engineOf(home);
    const over = (machine: SystemdMachine) => [
      'connect = "ssh"',
      `endpoint = "ssh://ada@127.0.0.1:${machine.sshPort}"`,
      `identity = "${machine.key}"`,
      'sudo = true',
      'kanidmd = "/usr/sbin/kanidmd"',
      `origin = "${machine.origin}"`,
      `bindaddress = "127.0.0.1:${machine.replicationPort}"`,
    ];
    const kanidmd = ({ run }: SystemdMachine, ...args: string[]) =>
      run('/usr/sbin/kanidmd', ...args, '-c', '/etc/kanidm/server.toml');
    try {
      kanidmd(a, 'practice', 'create-person', 'before');
      await pairAndProve(kanilink, fleetText(over(a), over(b)));
      expect(kanidmd(b, 'practice', 'entries')).toContain('before');
      kanidmd(b, 'practice', 'create-person', 'after');
      await until(
        () => kanidmd(a, 'practice', 'entries').includes('after'),
        () => 'what is new on b did not reach a',
      );
    } finally {
      await close();
    }
    const [user, dynamic] = [a, b].map(({ run }) => {
      const pid = run('systemctl', 'show', 'kanidmd', '--property=MainPID', '--value');
      return run('stat', '-c', '%u', `/proc/${pid}`);
    });
    expect(user).toBe(a.run('id', '-u', 'kanidm'));
    // Users that systemd makes up for a unit are from this range (systemd.exec(5), DynamicUser).
    expect(Number(dynamic)).toBeGreaterThanOrEqual(61184);
    expect(Number(dynamic)).toBeLessThanOrEqual(65519);
    for (const machine of [a, b]) {
      expect(machine.run('stat', '-c', '%U:%G %a', '/etc/kanidm/server.toml')).toBe('root:kanidm 440');
      expect(machine.run('cat', '/etc/kanidm/server.toml')).toContain(`# ${machine.name}, made by hand`);
      expect(machine.run('ls', '-A', '/run/lock', '/home/ada')).not.toContain('kanilink');
    }
  });

  it('let a user do what the line for sudoers says, and no more', async () => {
    const c = await startMachine(engine, 'metal-c', program, {
      service: ['User=kanidm'],
      sudoers: '# nobody may do anything yet\n',
    });
    const home = homeThatKnows('narrow', c);
    const target = {
      ...{ id: 'idm-c', endpoint: `ssh://ada@127.0.0.1:${c.sshPort}`, service: 'kanidmd', sudo: true },
      ...{ kanidmd: '/usr/sbin/kanidmd', config: '/etc/kanidm/server.toml', identity: c.key },
      ...{ knownHosts: null, home, env: { USER: 'nobody' } },
    };
    const server = value(await openSsh(target, person(), call(), { pool: new ConnectionPool(0) }));
    const allow = (refusal: Fault) => {
      expect(refusal.code).toBe('sudo-refused');
      const line = refusal.fix.split('\n').at(-1) ?? '';
      c.run('/bin/sh', '-c', 'printf "%s\\n" "$1" >> /etc/sudoers.d/kanilink', 'sh', line);
      c.run('visudo', '--check', '--file=/etc/sudoers.d/kanilink');
      return line;
    };
    const show = (...more: string[]) => server.kanidmd(['domain', 'show', ...more], call());
    const line = allow(fault(await show()));
    expect(line).toBe('ada ALL=(root) NOPASSWD: /usr/sbin/kanidmd domain show -c /etc/kanidm/server.toml');
    expect(value(await show()).stdout).toContain('domain_uuid');
    expect(fault(await show('-o', 'json')).code).toBe('sudo-refused');

    allow(fault(await server.service.restart(call(30_000))));
    expect(value(await server.service.restart(call(30_000))).state).toBe('running');
    expect(fault(await server.service.stop(call())).code).toBe('sudo-refused');

    // Mode 0440 and not ours: reading is refused too, and then allowed.
    const read = () => server.readFile('/etc/kanidm/server.toml', { ...call(), maxBytes: 100_000 });
    allow(fault(await read()));
    allow(fault(await read()));
    expect(value(await read()).bytes.toString()).toContain('# metal-c, made by hand');
    await server.close();
  });
});
