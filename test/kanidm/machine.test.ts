import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleetText } from '../real/docker/support/job';
import { homeThatKnows, type SystemdMachine } from '../real/systemd/support/machine';
import { debianRootFs } from '../real/systemd/support/root-fs';
import { ask, keep, makeDesk } from './support/desk';
import { eachOf, givens, missing } from './support/given';
import { type Lab, startLab } from './support/lab';
import { prepareMachines, startRealMachine } from './support/machine';
import { canCompare, timed } from './support/main-job';
import {
  BOTH_REPLICATE,
  type Comparisons,
  erasedBy,
  errorsOf,
  type Outcome,
  type Plan,
  pullsOf,
  type Status,
} from './support/words';

const programs = givens.filter((given) => given.kind === 'program');
const debian =
  missing !== null || programs.length === 0
    ? { missing: missing ?? 'no program is named' }
    : await debianRootFs();
if (missing === null && 'missing' in debian)
  process.stderr.write(`skipped: test/kanidm/machine: ${debian.missing}\n`);

/** kanidmd as a unit of systemd with a user of its own, reached over SSH. */
describe.skipIf('missing' in debian).each(eachOf(programs))('$name on machines with systemd', (given) => {
  let lab: Lab;
  beforeAll(async () => {
    if ('missing' in debian) return;
    lab = await startLab(given);
    await prepareMachines(lab, debian.tar, given.path);
  }, 240_000);
  afterAll(() => lab?.close());

  const over = (machine: SystemdMachine, user: string) => [
    ...['connect = "ssh"', `endpoint = "ssh://${user}@${machine.host}:${machine.sshPort}"`],
    ...[`identity = "${machine.key}"`, `sudo = ${String(user !== 'root')}`, 'kanidmd = "/usr/sbin/kanidmd"'],
    ...[`origin = "${machine.origin}"`, `bindaddress = "0.0.0.0:${machine.replicationPort}"`],
  ];

  it.concurrent.each([
    { user: 'root', who: 'root' },
    { user: 'ada', who: 'somebody who may do everything by sudo' },
  ])('as $who: deploy, status, compare, renew, stop, killed and resumed', async ({ user }) => {
    const [a, b] = await Promise.all([
      startRealMachine(lab, `${user}-a`, given.path),
      startRealMachine(lab, `${user}-b`, given.path),
    ]);
    const desk = makeDesk(homeThatKnows(lab.engine.folder, `desk-${user}`, [{ machine: a }, { machine: b }]));
    const fleet = keep(desk, 'fleet.toml', fleetText(over(a, user), over(b, user)).text);
    const say = <T>(code: number, command: string, ...more: string[]) =>
      ask<T>(desk, code, command, fleet, ...more);
    const title = `${lab.kanidm.version}, systemd, ${user}`;
    const replicates = async () => expect(pullsOf(await say<Status>(0, 'status'))).toEqual(BOTH_REPLICATE);

    expect(errorsOf(await say<Plan>(0, 'check'))).toEqual([]);
    const plan = await say<Plan>(2, 'plan');
    expect([errorsOf(plan), erasedBy(plan)]).toEqual([[], ['idm-b']]);
    const deploy = desk.start('apply', fleet, '--yes', '--erase', 'idm-b');
    await deploy.said(/^\[3\/\d+\] …/m);
    deploy.kill();
    await deploy.ended;
    const resumed = await timed(`${title}: the rest of a killed deploy`, () =>
      say<Outcome>(0, 'resume', '--yes', '--erase', 'idm-b'),
    );
    expect(resumed.result).toBe('done');
    await replicates();
    const domains = (await say<Status>(0, 'status')).servers.map(({ domainUuid }) => domainUuid);
    expect(domains[0]).toBe(domains[1]);
    if (canCompare(lab.kanidm.version)) {
      const { comparisons } = await say<Comparisons>(0, 'compare');
      expect(comparisons.map(({ result }) => result)).toEqual(['same']);
    }
    await timed(`${title}: renewal`, () => say<Outcome>(0, 'renew', '--server', 'idm-a', '--yes'));
    await replicates();

    b.run('systemctl', 'stop', 'kanidmd');
    expect(pullsOf(await say<Status>(2, 'status'))).toEqual(['idm-a<idm-b: broken', 'idm-b<idm-a: broken']);
    b.run('systemctl', 'start', 'kanidmd');
    await replicates();

    for (const machine of [a, b]) {
      const pid = machine.run('systemctl', 'show', 'kanidmd', '--property=MainPID', '--value');
      expect(machine.run('stat', '-c', '%U', `/proc/${pid}`)).toBe('kanidm');
      expect(machine.run('stat', '-c', '%U:%G %a', '/etc/kanidm/server.toml')).toBe('root:kanidm 440');
      expect(machine.run('cat', '/etc/kanidm/server.toml')).toContain(`# ${machine.name}, made by hand`);
      // What root or ada made there would be in the service's way.
      const strangers = [
        'find',
        '/var/lib/kanidm',
        '-not',
        '-user',
        'kanidm',
        '-not',
        '-path',
        '*/kanilink-backups*',
      ];
      expect(machine.run(...strangers)).toBe('');
    }
    await lab.docker('rm', '--force', '--volumes', a.name, b.name);
  });
});
