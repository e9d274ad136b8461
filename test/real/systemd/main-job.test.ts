import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleKanidmd } from '../../../practice/kanidmd/conformance/bundle';
import { until } from '../../ssh/sshd';
import { makeNetwork, missing, startEngine, type TestEngine } from '../docker/support/engine';
import { importImage, makeRootFs } from '../docker/support/image';
import { engineOf, fleetText, pairAndProve } from '../docker/support/job';
import { IMAGE, prepareServer, untilUp } from '../docker/support/server';
import {
  ADA_MAY_ALL,
  homeThatKnows,
  importDebian,
  startMachine,
  type SystemdMachine,
} from './support/machine';
import { debianRootFs } from './support/root-fs';

const debian = missing === null ? await debianRootFs() : { missing };
if ('missing' in debian) process.stderr.write(`skipped: test/real/systemd: ${debian.missing}\n`);

describe.skipIf('missing' in debian)('real systemd machines', () => {
  let engine: TestEngine;
  let program: string;

  beforeAll(async () => {
    if ('missing' in debian) return;
    program = await bundleKanidmd();
    engine = await startEngine();
    importDebian(engine, debian.tar);
  });
  afterAll(async () => {
    await engine?.close();
    if (program) await rm(dirname(program), { recursive: true });
  });

  const over = (machine: SystemdMachine, user = 'ada') => [
    'connect = "ssh"',
    `endpoint = "ssh://${user}@${machine.host}:${machine.sshPort}"`,
    `identity = "${machine.key}"`,
    `sudo = ${String(user !== 'root')}`,
    'kanidmd = "/usr/sbin/kanidmd"',
    `origin = "${machine.origin}"`,
    `bindaddress = "${machine.host}:${machine.replicationPort}"`,
  ];
  const kanidmd = ({ run }: SystemdMachine, ...args: string[]) =>
    run('/usr/sbin/kanidmd', ...args, '-c', '/etc/kanidm/server.toml');

  // Side by side: they mostly wait for rounds.
  it.concurrent('do the main job, SSH and SSH: sudo, a dynamic user, root:kanidm 0440', async () => {
    const a = await startMachine(engine, 'metal-a', program, {
      service: ['User=kanidm'],
      sudoers: ADA_MAY_ALL,
    });
    const b = await startMachine(engine, 'metal-b', program, {
      service: ['DynamicUser=yes', 'User=kanidm-dynamic', 'SupplementaryGroups=kanidm'],
      sudoers: ADA_MAY_ALL,
    });
    const home = homeThatKnows(engine.folder, 'home', [{ machine: a }, { machine: b }]);
    const { engine: kanilink, close } = engineOf(home);
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
      const left = machine.run(
        'ls',
        '-A',
        '/run',
        '/run/lock',
        '/home/ada',
        '/etc/kanidm',
        '/var/lib/kanidm/',
      );
      expect(left.replaceAll('kanilink-backups', '')).not.toContain('kanilink');
    }
    expect(b.run('ls', '/var/lib/kanidm/kanilink-backups')).toMatch(/^idm-b-\S+\.json\.gz$/);
  });

  it.concurrent('do it mixed with a container, each finding the other by its name', async () => {
    const rootFs = await makeRootFs();
    importImage(engine, rootFs);
    await rm(rootFs, { recursive: true });
    // Two addresses, and names that only the engine's own name server knows.
    const prefix = makeNetwork(engine, 'mixed');
    const metal = await startMachine(engine, 'metal-m', program, {
      service: ['User=kanidm'],
      sudoers: ADA_MAY_ALL,
      network: { name: 'mixed', ip: `${prefix}.10` },
    });
    const boxed = await prepareServer(engine.folder, 'boxed-m', { uid: 1234 });
    engine.docker(
      ...['run', '--detach', '--name', boxed.name, '--network', 'mixed', '--ip', `${prefix}.20`],
      ...['--volume', `${boxed.folder}:/data`, IMAGE],
    );
    await untilUp(engine, 'boxed-m');
    const container = [
      'connect = "docker"',
      `endpoint = "${engine.endpoint}"`,
      `container = "${boxed.name}"`,
      'origin = "repl://boxed-m:8444"',
      'bindaddress = "0.0.0.0:8444"',
    ];
    const inside = (...args: string[]): string =>
      engine.docker('exec', boxed.name, '/bin/node', '/kanidmd.cjs', ...args, '-c', '/data/server.toml');
    const home = homeThatKnows(engine.folder, 'mixed', [{ machine: metal }]);
    const { engine: kanilink, close } = engineOf(home);
    try {
      kanidmd(metal, 'practice', 'create-person', 'from-metal');
      await pairAndProve(kanilink, fleetText(over(metal, 'root'), container));
      expect(inside('practice', 'entries')).toContain('from-metal');
      inside('practice', 'create-person', 'from-the-box');
      await until(
        () => kanidmd(metal, 'practice', 'entries').includes('from-the-box'),
        () => 'what is new in the container did not reach the machine',
      );
    } finally {
      await close();
    }
    expect(metal.run('stat', '-c', '%U:%G %a', '/etc/kanidm/server.toml')).toBe('root:kanidm 440');
  });
});
